#include "dialects/bedrock_converse/errors.h"

#include "base/text.h"
#include "dialects/fields.h"
#include "dialects/openai_errors.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate::bedrock_converse {
namespace {

// What each type means as a status, where the status that it comes with says something else or is not there.
constexpr int quota_status = 402;
struct Meaning {
  std::string_view type;
  int status;
};
constexpr Meaning meanings[] = {
    {"accessdeniedexception", 403},       {"unrecognizedclientexception", 401}, {"expiredtokenexception", 401},
    {"invalidsignatureexception", 401},   {"validationexception", 400},         {"resourcenotfoundexception", 404},
    {"modeltimeoutexception", 504},       {"modelerrorexception", 500},         {"modelstreamerrorexception", 500},
    {"modelnotreadyexception", 503},      {"serviceunavailableexception", 503}, {"internalserverexception", 500},
    {"servicequotaexceededexception", quota_status}, {"throttlingexception", 429},
};

// "ThrottlingException:http://…" and "com.amazon…#ThrottlingException" are ThrottlingException.
std::string bare_type(std::string_view type) {
  type = type.substr(0, type.find(':'));
  if (std::size_t mark = type.rfind('#'); mark != std::string_view::npos) type.remove_prefix(mark + 1);
  return lower(type);
}

int status_of(std::string_view type, int otherwise) {
  std::string bare = bare_type(type);
  for (const Meaning& meaning : meanings)
    if (meaning.type == bare) return meaning.status;
  return otherwise;
}

}  // namespace

std::string_view type_of(const Error& error) {
  switch (error.fault) {
    case Fault::invalid_key:
    case Fault::not_allowed: return "AccessDeniedException";
    case Fault::model_not_found:
    case Fault::not_found: return "ResourceNotFoundException";
    case Fault::rate_limited:
    case Fault::upstream_rate_limited: return "ThrottlingException";
    case Fault::budget_exceeded:
    case Fault::upstream_quota: return "ServiceQuotaExceededException";
    case Fault::overloaded:
    case Fault::unavailable:
    case Fault::upstream_overloaded: return "ServiceUnavailableException";
    case Fault::deadline:
    case Fault::request_timeout:
    case Fault::upstream_timeout: return "ModelTimeoutException";
    case Fault::upstream_rejected: return "ValidationException";
    default: return info(error.fault).blame == Blame::caller ? "ValidationException" : "InternalServerException";
  }
}

void append_error(std::string& out, const Error& error) {
  json::Writer writer(out);
  writer.begin_object().member("message", error.detail.empty() ? error.client_code() : std::string_view(error.detail));
  writer.member("code", error.client_code());
  if (!error.param.empty()) writer.member("param", error.param);
  writer.end_object();
}

Error read_refusal(const Refused& refused, WallTime now) {
  std::string inner;
  if (refused.error_type.empty())
    if (auto root = json::scan(refused.body, {.refuse_duplicates = false})) inner = text_field(*root, "__type");
  std::string_view type = inner.empty() ? refused.error_type : std::string_view(inner);
  int status = status_of(type, refused.status);
  if (status == quota_status)
    return {.fault = Fault::upstream_quota, .retry = Retry::next_credential, .detail = "the provider's quota is used up"};
  return openai::read_refusal({.status = status, .body = refused.body, .hints = refused.hints}, now);
}

Error read_exception(std::string_view type, std::string_view payload) {
  constexpr int unknown = 500;
  return openai::read_refusal({.status = status_of(type, unknown), .body = payload, .hints = {}}, {});
}

}  // namespace tollgate::bedrock_converse
