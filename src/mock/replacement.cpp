#include "mock/replacement.h"

#include <fmt/format.h>

#include "json/write.h"

namespace tollgate::mock {
namespace {

constexpr std::string_view page =
    "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n";

struct Words {
  int status;
  std::string_view type, code;
};

// Source: OpenAI API reference, "error codes", read 2026-11-22.
constexpr Words words[] = {
    {400, "invalid_request_error", "invalid_value"},
    {401, "invalid_request_error", "invalid_api_key"},
    {403, "permission_error", "unsupported_country_region_territory"},
    {404, "invalid_request_error", "model_not_found"},
    {429, "requests", "rate_limit_exceeded"},
    {503, "server_error", "server_is_overloaded"},
};

Words words_of(int status) {
  for (const Words& entry : words)
    if (entry.status == status) return entry;
  return {.status = status, .type = status < 500 ? "invalid_request_error" : "server_error", .code = ""};
}

bool may_have_body(int status) { return status != 204 && status != 304; }

}  // namespace

std::string error_body(std::string_view type, std::string_view code, std::string_view message) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("error").begin_object().member("message", message).member("type", type).key("param").null();
  if (code.empty())
    writer.key("code").null();
  else
    writer.member("code", code);
  writer.end_object().end_object();
  return out;
}

Replacement replacement_of(const Rule& rule) {
  Replacement out{.status = rule.status == 0 ? 200 : rule.status, .type = "application/json", .body = {}};
  if (rule.html) out.type = "text/html; charset=utf-8";
  if (!may_have_body(out.status)) return out;
  if (rule.body) {
    out.body = *rule.body;
  } else if (rule.html) {
    out.body = page;
  } else {
    Words entry = words_of(out.status);
    out.body = error_body(entry.type, entry.code, fmt::format("The script says {}.", out.status));
  }
  return out;
}

}  // namespace tollgate::mock
