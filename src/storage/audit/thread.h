#pragma once
// The log's thread in real life: writes a group at once when it was idle, makes larger groups when it is busy (a pause
// that grows with the last group, up to 1 ms), and takes care each second. It closes the log when it dies.

#include <functional>
#include <thread>

#include "storage/audit/log.h"

namespace tollgate {

class AuditThread {
 public:
  // The log must outlive it. `on_error` is called with errors of the disk, at most once a second; may be empty.
  explicit AuditThread(AuditLog& log, std::function<void(const Error&)> on_error = {});
  ~AuditThread();
  AuditThread(const AuditThread&) = delete;
  AuditThread& operator=(const AuditThread&) = delete;

 private:
  void run(std::stop_token stop);
  void care_when_due();
  void tell(const Error& error);

  AuditLog& log_;
  std::function<void(const Error&)> on_error_;
  Instant cared_at_{}, told_at_{};
  std::jthread thread_;
};

}  // namespace tollgate
