#include "dialects/gemini/errors.h"

#include <algorithm>

#include <fmt/format.h>

#include "dialects/gemini/fields.h"
#include "dialects/provider_fault.h"
#include "dialects/safe_message.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate::gemini {
namespace {

using json::Value;

constexpr std::size_t max_param_bytes = 100;

// What a google.rpc.Status says.
struct Status {
  int code = 0;  // HTTP's; 0: not said
  std::string word{};
  std::string message{};
  std::string reason{};  // of an ErrorInfo
  std::string field{};   // of a BadRequest
  std::optional<milliseconds> retry_delay{};
  bool daily = false;    // a QuotaFailure names a quota per day
};

void read_detail(const Value& detail, Status& out) {
  if (std::string reason = text_of(detail, "reason"); !reason.empty()) out.reason = reason;
  if (std::string delay = text_of(detail, "retryDelay"); !delay.empty()) out.retry_delay = parse_reset_time(delay);
  for (const Value& violation : json::Elements(field_of(detail, "fieldViolations")))
    if (out.field.empty()) out.field = text_of(violation, "field");
  for (const Value& violation : json::Elements(field_of(detail, "violations")))
    out.daily |= text_of(violation, "quotaId").find("PerDay") != std::string::npos;
}

// "Please retry in 38.57s." where no detail says it.
std::optional<milliseconds> delay_in_text(std::string_view text) {
  constexpr std::string_view phrase = "retry in ";
  std::size_t at = text.find(phrase);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view word = text.substr(at + phrase.size());
  word = word.substr(0, word.find_first_of(" ,;\n"));
  while (word.ends_with('.')) word.remove_suffix(1);
  return parse_reset_time(word);
}

Status read_status(const Value& error) {
  Status out;
  auto code = field_of(error, "code").integer();
  if (code && *code >= 400 && *code <= 599) out.code = static_cast<int>(*code);
  out.word = text_of(error, "status");
  out.message = error.is(json::Kind::string) ? error.string().value_or("") : text_of(error, "message");
  for (const Value& detail : json::Elements(field_of(error, "details"))) read_detail(detail, out);
  if (!out.retry_delay) out.retry_delay = delay_in_text(out.message);
  return out;
}

struct WordRow {
  std::string_view word;
  Fault fault;
};
constexpr WordRow words[] = {{"INVALID_ARGUMENT", Fault::upstream_rejected},
                             {"FAILED_PRECONDITION", Fault::upstream_rejected},
                             {"OUT_OF_RANGE", Fault::upstream_rejected},
                             {"NOT_FOUND", Fault::upstream_rejected},
                             {"UNAUTHENTICATED", Fault::upstream_credential},
                             {"PERMISSION_DENIED", Fault::upstream_credential},
                             {"RESOURCE_EXHAUSTED", Fault::upstream_rate_limited},
                             {"UNAVAILABLE", Fault::upstream_overloaded},
                             {"DEADLINE_EXCEEDED", Fault::upstream_timeout}};

Fault fault_of_word(std::string_view word) {
  for (const WordRow& row : words)
    if (row.word == word) return row.fault;
  return Fault::upstream_error;
}

bool is_key_trouble(const Status& status) {
  return status.reason.starts_with("API_KEY_") || status.reason == "SERVICE_DISABLED" || status.reason == "BILLING_DISABLED" ||
         status.reason == "ACCESS_TOKEN_EXPIRED";
}

// `code` is the status of the answer, or that of an error inside a 200; 0: none is known.
Fault fault_of(int code, const Status& status) {
  if (code != 0 && code < 400) return Fault::upstream_protocol;
  if (is_key_trouble(status)) return Fault::upstream_credential;
  Fault fault = code == 504 ? Fault::upstream_timeout : code != 0 ? fault_of_status(code) : fault_of_word(status.word);
  if (fault == Fault::upstream_rate_limited && status.daily) return Fault::upstream_quota;
  if (fault == Fault::upstream_error && status.word == "DEADLINE_EXCEEDED") return Fault::upstream_timeout;
  return fault;
}

// What the developer needs to mend the call. A wrong path or model of ours (404) is no business of the caller.
void tell_rejection(const Status& status, int code, Error& error) {
  error.http_status = code == 404 ? 502 : code == 413 ? 413 : 0;
  if (code == 404) {
    error.code = "upstream_error";
    error.detail = "the provider does not know the model or the path";
    return;
  }
  if (std::string text = safe_message(status.message); !text.empty()) error.detail = std::move(text);
  if (is_plain_word(status.field, max_param_bytes)) error.param = status.field;
  if (code == 413) error.code = "request_too_large";
}

Error to_error(int code, const Status& status) {
  Fault fault = fault_of(code, status);
  Error error{.fault = fault, .retry = retry_of(fault, code), .detail = std::string(plain_text(fault))};
  if (fault == Fault::upstream_rejected) tell_rejection(status, code, error);
  if (fault == Fault::upstream_error) {
    if (std::string text = safe_message(status.message); !text.empty()) error.detail = std::move(text);
  }
  if (waiting_helps(fault)) error.retry_after = status.retry_delay;
  if (error.retry_after > default_retry_cap) error.retry_after.reset();
  return error;
}

int http_status_of(const Error& error) {
  return error.http_status != 0 ? error.http_status : info(error.fault).http_status;
}

// F2, column "Gemini dialect".
std::string_view status_word(const Error& error) {
  switch (error.fault) {
    case Fault::not_found: return "NOT_FOUND";
    case Fault::upstream_quota: return "RESOURCE_EXHAUSTED";
    case Fault::request_timeout: return "DEADLINE_EXCEEDED";
    default: break;
  }
  switch (http_status_of(error)) {
    case 401: return "UNAUTHENTICATED";
    case 403: return "PERMISSION_DENIED";
    case 404: return "NOT_FOUND";
    case 409: return "ABORTED";
    case 402:
    case 429: return "RESOURCE_EXHAUSTED";
    case 499: return "CANCELLED";
    case 500: return "INTERNAL";
    case 504: return "DEADLINE_EXCEEDED";
    default: return http_status_of(error) >= 500 ? "UNAVAILABLE" : "INVALID_ARGUMENT";
  }
}

// Seconds with as many decimals as it takes: "30s", "1.5s".
std::string duration_text(milliseconds wait) {
  std::int64_t ms = std::max<std::int64_t>(0, wait.count());
  if (ms % 1000 == 0) return fmt::format("{}s", ms / 1000);
  std::string text = fmt::format("{}.{:03}", ms / 1000, ms % 1000);
  while (text.ends_with('0')) text.pop_back();
  return text + 's';
}

json::Writer& begin_detail(json::Writer& writer, std::string_view type) {
  return writer.begin_object().member("@type", fmt::format("type.googleapis.com/google.rpc.{}", type));
}

void write_details(json::Writer& writer, const Error& error, RequestId id, std::string_view message) {
  writer.key("details").begin_array();
  begin_detail(writer, "ErrorInfo").member("reason", upper(error.client_code())).member("domain", "tollgate").end_object();
  if (!error.param.empty()) {
    begin_detail(writer, "BadRequest").key("fieldViolations").begin_array();
    writer.begin_object().member("field", error.param).member("description", message).end_object();
    writer.end_array().end_object();
  }
  if (error.retry_after) begin_detail(writer, "RetryInfo").member("retryDelay", duration_text(*error.retry_after)).end_object();
  if (!id.empty()) begin_detail(writer, "RequestInfo").member("requestId", to_string(id)).end_object();
  writer.end_array();
}

}  // namespace

void append_error(std::string& out, const Error& error, RequestId id) {
  std::string_view message = error.detail.empty() ? error.client_code() : std::string_view(error.detail);
  json::Writer writer(out);
  writer.begin_object().key("error").begin_object();
  writer.member("code", http_status_of(error)).member("message", message).member("status", status_word(error));
  write_details(writer, error, id, message);
  writer.end_object().end_object();
}

Error read_refusal(const Refused& refused, WallTime now) {
  Status status;
  if (auto root = json::scan(refused.body, {.refuse_duplicates = false})) {
    if (auto found = find_error(*root)) status = read_status(*found);
  }
  // A status of 0 would read as "none known".
  Error error = to_error(std::max(refused.status, 1), status);
  apply(refused.hints.read(now), error);
  return error;
}

std::optional<json::Value> find_error(const Value& root) {
  Value object = root;
  if (root.is(json::Kind::array)) {
    auto first = json::Elements(root).begin();
    if (first == std::default_sentinel) return std::nullopt;
    object = *first;
  }
  auto error = json::find(object, "error");
  if (error && (error->is(json::Kind::object) || error->is(json::Kind::string))) return error;
  return std::nullopt;
}

Error read_error_value(const Value& error) {
  Status status = read_status(error);
  return to_error(status.code, status);
}

Error broken_answer(std::string_view why) {
  return {.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = std::string(why)};
}

}  // namespace tollgate::gemini
