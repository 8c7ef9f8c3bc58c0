#pragma once
// What remains of a request: one RequestRow for the request and one AttemptRow for each try at a target.
//
// Ledger, audit log, metrics, `GET /v1/usage` and reports are readers of these, so they cannot disagree. Field names are the
// names of rows as users see them (docs/formats/rows.md). The rows here hold names as text; the journal keeps them as
// fixed-size records with ids of a dictionary (storage/journal).

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "domain/caller.h"
#include "domain/usage.h"

namespace tollgate {

enum class RowStatus : std::uint8_t {
  ok,
  refused,     // by us; nothing was sent
  failed,      // no content reached the client
  incomplete,  // content went out, then the upstream or we ended it early
  aborted,     // the client left
};
constexpr std::string_view to_string(RowStatus status) {
  constexpr std::string_view names[] = {"ok", "refused", "failed", "incomplete", "aborted"};
  return names[static_cast<std::size_t>(status)];
}

enum class CacheResult : std::uint8_t { off, miss, exact, semantic };
constexpr std::string_view to_string(CacheResult result) {
  constexpr std::string_view names[] = {"off", "miss", "exact", "semantic"};
  return names[static_cast<std::size_t>(result)];
}

// How far an attempt came.
enum class AttemptPhase : std::uint8_t {
  connect,      // no connection stood
  send,         // the request was not fully sent
  first_byte,   // fully sent, no head of an answer yet
  first_token,  // head came, no content yet
  stream,       // content flowed
  done,         // the answer is whole
  shadow,       // of a candidate, beside the call: nobody got it or pays for it
};
constexpr std::string_view to_string(AttemptPhase phase) {
  constexpr std::string_view names[] = {"connect", "send", "first_byte", "first_token", "stream", "done", "shadow"};
  return names[static_cast<std::size_t>(phase)];
}

struct RequestRow {
  RequestId id;
  WallTime at;           // admitted; the call belongs to the budget period of this moment
  WallTime finished_at;
  std::string key;       // name of the virtual key
  Attribution attribution;
  std::string route;     // the model name that was asked for
  std::string endpoint;  // the path's pattern: /v1/chat/completions
  std::string dialect;   // openai_chat
  bool stream = false;
  std::string provider;
  std::string model;
  std::string region;
  RowStatus status = RowStatus::refused;
  int http_status = 0;     // what the client got
  std::string error_code;  // empty: none
  int attempts = 0;        // tries at targets: as many as there are attempt rows
  Usage usage;
  UsageSource usage_source = UsageSource::provider;
  Money cost;
  Money saved;
  std::string price_id;
  CacheResult cache = CacheResult::off;
  std::int64_t first_token_ms = -1;  // -1: no content came
  std::int64_t duration_ms = 0;
};

struct AttemptRow {
  RequestId request_id;
  int n = 1;
  std::string provider;
  std::string model;
  std::string key;  // name of the provider's credential
  std::string region;
  AttemptPhase phase = AttemptPhase::connect;
  int http_status = 0;      // what the provider answered; 0: nothing
  std::string error_class;  // name of the Fault; empty: none
  WallTime started_at;
  std::int64_t duration_ms = 0;
  std::int64_t first_token_ms = -1;
  Usage usage;
  UsageSource usage_source = UsageSource::provider;
  Money cost;
  std::string price_id;
};

}  // namespace tollgate
