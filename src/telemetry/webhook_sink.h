#pragma once
// Lines as the body of a POST: one object of JSON a line, `application/x-ndjson`. Any 2xx says that they have arrived.
//
//   x-tollgate-first-seq, -last-seq   numbers of the first and last line
//   x-tollgate-signature              t=SECONDS,v1=HEX: HMAC-SHA-256 of `SECONDS.BODY` under the secret that both know; only
//                                     where one is set

#include <optional>

#include "base/secret.h"
#include "base/url.h"
#include "crypto/hash.h"
#include "net/http_client.h"
#include "telemetry/export_sink.h"

namespace tollgate {

// The value of x-tollgate-signature.
std::string signature_of(const crypto::HmacKey& key, WallTime now, std::string_view body);

class WebhookSink final : public ExportSink {
 public:
  // The dialer and the memory outlive it. Without a secret nothing is signed.
  WebhookSink(const Url& url, const Secret& secret, Dialer& dialer, MemoryBudget& memory);

  Task<Result<void>> deliver(std::span<const ExportLine> lines, Wait wait) override;
  bool is_answered() const override { return true; }

 private:
  Result<std::string> head_of(std::string_view body, std::span<const ExportLine> lines) const;

  const Url url_;
  std::optional<crypto::HmacKey> key_;
  MemoryBudget& memory_;
  http::Client client_;
  http::UpstreamPool pool_;
};

}  // namespace tollgate
