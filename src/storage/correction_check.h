#pragma once
// Whether corrections fit the rows that they correct. The first look at the journal names the corrections, a second one
// shows the rows: so memory is for the corrected rows alone.

#include <functional>
#include <string>
#include <unordered_map>

#include "storage/journal/format.h"

namespace tollgate {

class CorrectionCheck {
 public:
  bool empty() const { return corrected_.empty(); }
  void add(const RequestRecord& correction);
  // A row of the journal; those that nobody corrects change nothing.
  void meet(const RequestRecord& row);
  // `retired`: rows that are not there may have gone with an old segment.
  void each_fault(bool retired, const std::function<void(std::string)>& tell) const;

 private:
  struct Hash {
    std::size_t operator()(RequestId id) const { return (id.high * 0x9E3779B97F4A7C15) ^ id.low ^ (id.low >> 40); }
  };
  struct Corrected {
    RequestRecord correction;  // the first one
    std::int64_t cost_nano_usd = 0;  // of all of them, and of the row once it was met
    bool equal = true;         // in names and time
    bool met = false;
  };
  std::unordered_map<RequestId, Corrected, Hash> corrected_;
};

}  // namespace tollgate
