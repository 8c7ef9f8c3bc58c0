#pragma once
// Where lines of the audit log go outside: a webhook, or a collector of syslog. One for each place, on one thread.

#include <span>
#include <string>
#include <string_view>

#include "async/task.h"
#include "async/wait.h"
#include "base/result.h"

namespace tollgate {

struct ExportLine {
  std::uint64_t seq = 0;
  std::string at{};    // RFC 3339
  std::string kind{};
  std::string line{};  // JSON, without its line end
};

class ExportSink {
 public:
  virtual ~ExportSink() = default;
  // All lines, in their order. After an error some of them may have arrived; they are given again, so none is lost.
  virtual Task<Result<void>> deliver(std::span<const ExportLine> lines, Wait wait) = 0;
  // Whether a success means that they have arrived, rather than that they are on their way.
  virtual bool is_answered() const = 0;
  // Of lines that are on their way: whether the way still stands. Only asked where nobody answers.
  virtual bool still_there() { return true; }
};

}  // namespace tollgate
