#pragma once
// An audit log that remembers what it was told, as the bytes that would be written, and fails when a test says so.

#include <string>
#include <vector>

#include "async/reactor.h"
#include "ports/audit_sink.h"

namespace tollgate {

class AuditForTest final : public AuditSink {
 public:
  bool takes = true;       // events
  bool open = true;        // for new work
  bool is_durable = true;  // else whoever waits for that waits in vain
  std::vector<std::string> requests, strangers;  // their members, then what names a person
  int waited = 0;

  Result<void> append(const AuditRequest& event) override { return keep(event, requests); }
  Result<void> append(const AuditStranger& event) override { return keep(event, strangers); }
  Mark appended() const override { return requests.size() + strangers.size(); }
  bool open_for_work() const override { return open; }
  Fingerprint fingerprint(std::string_view body) const override { return tollgate::fingerprint(key_, body); }
  Task<Result<void>> durable(Mark, Wait wait) override {
    ++waited;
    if (is_durable) co_return Result<void>{};
    Wake wake = co_await sleep(wait);
    if (wake == Wake::cancelled) co_return fail(woken_early(wake));
    co_return fail(Fault::unavailable, "not durable in time");
  }

 private:
  template <class Event>
  Result<void> keep(const Event& event, std::vector<std::string>& told) {
    if (!takes) return fail(Fault::unavailable, "full");
    EncodedEvent encoded;
    encode(event, encoded);
    told.push_back(encoded.members + encoded.personal);
    return {};
  }
  const crypto::HmacKey key_{"a key of the test"};
};

}  // namespace tollgate
