#pragma once
// What is wrong with a configuration, where, and what may have been meant. Loading collects all faults instead of
// stopping at the first, up to a bound, so that a file is mended in one go.

#include <string>
#include <string_view>
#include <vector>

#include "config/node.h"

namespace tollgate::config {

enum class Severity {
  unreadable,  // the file itself: missing, a directory, too large
  error,       // nothing of the file is used
  warning,     // used as written, but probably not what was meant
};

struct ConfigFault {
  std::string file;
  Place place{};
  std::string setting{};     // `routes.gpt-4o.targets[0].provider`; empty for faults of the file as a whole
  std::string what{};        // a sentence without its full stop; never the text of a secret
  std::string suggestion{};  // what may have been meant; empty when there is no good guess
  Severity severity = Severity::error;
};

// `FILE:LINE:COL: setting: what is wrong; did you mean `x`?`
std::string to_string(const ConfigFault& fault);

constexpr std::size_t max_faults = 100;

// The faults of one file, in order of their places.
class Faults {
 public:
  explicit Faults(std::string file) : file_(std::move(file)) {}

  void add(Place place, std::string setting, std::string what, std::string suggestion = {});
  void warn(Place place, std::string setting, std::string what, std::string suggestion = {});
  void unreadable(std::string what);

  bool any_error() const { return errors_ > 0; }
  bool full() const { return faults_.size() >= max_faults; }
  const std::string& file() const { return file_; }
  // Sorted by place; leaves this empty.
  std::vector<ConfigFault> take();

 private:
  void put(ConfigFault fault);

  std::string file_;
  std::vector<ConfigFault> faults_;
  std::size_t errors_ = 0;
};

// `word` in back quotes, cut to a length fit for a message, without control characters; `***` for an address with a
// password in it.
std::string shown(std::string_view word);

}  // namespace tollgate::config
