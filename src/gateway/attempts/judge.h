#pragma once
// What a provider's answer, or its absence, means: the one place between bytes and an Error's class.

#include "gateway/worker.h"

namespace tollgate {

// How long an answer waits for its row to be durable before it is withheld.
constexpr auto durable_within = seconds(5);

// An await on the provider that ended early: the client left, the request's time is over, or the provider was too slow.
// Other errors stay as they are.
Error judge_wait(Error error, const Exchange& exchange, Instant now);

enum class Expected : std::uint8_t { json, events, lines, aws_events };

// What a stream in this framing comes as.
Expected expected_of(Framing framing);

// A head that is no answer to what was asked: wrong type, coding, or a status that says neither yes nor no. Statuses of 400 and
// more are not judged here.
Result<void> judge_head(const ProviderAnswer& answer, Expected expected);

// The same of a call that is passed on unread: any type and any status of success will do.
Result<void> judge_passed_head(const ProviderAnswer& answer);

// A status that says no, with its body.
Error judge_refusal(const ProviderAnswer& answer, const Dialect& language, std::string_view body, WallTime now);

// The header of that name; empty when absent.
std::string_view find_header(const ProviderAnswer& answer, std::string_view name);

// Notes in the try's row when it ended.
void close_attempt(Exchange& exchange, Worker& worker, const Try& one);

}  // namespace tollgate
