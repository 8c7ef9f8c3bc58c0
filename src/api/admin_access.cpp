#include "api/admin_access.h"

#include "base/text.h"
#include "net/http1/target.h"

namespace tollgate {
namespace {

using enum AdminAction;

constexpr RouteRow row(std::string_view method, std::string_view pattern, AdminAction action) { return {method, pattern, static_cast<int>(action)}; }

constexpr RouteRow table[] = {
    row("GET", "/", page),
    row("GET", "/metrics", metrics),
    row("GET", "/livez", live),
    row("GET", "/readyz", ready),
    row("GET", "/api/v1/config", config),
    row("POST", "/api/v1/config/check", check),
    row("POST", "/api/v1/config/reload", reload),
    row("GET", "/api/v1/targets", targets),
    row("GET", "/api/v1/limits/state", limits_state),
    row("GET", "/api/v1/limits", limits),
    row("POST", "/api/v1/limits", limits),
    row("GET", "/api/v1/limits/*", limits),
    row("PATCH", "/api/v1/limits/*", limits),
    row("DELETE", "/api/v1/limits/*", limits),
    row("GET", "/api/v1/keys", keys),
    row("POST", "/api/v1/keys", keys),
    row("GET", "/api/v1/keys/*", keys),
    row("PATCH", "/api/v1/keys/*", keys),
    row("DELETE", "/api/v1/keys/*", keys),
    row("POST", "/api/v1/keys/*", keys),
    row("GET", "/api/v1/secrets", secrets),
    row("POST", "/api/v1/secrets/rotate-master", secrets),
    row("GET", "/api/v1/secrets/*", secrets),
    row("PUT", "/api/v1/secrets/*", secrets),
    row("DELETE", "/api/v1/secrets/*", secrets),
    row("GET", "/api/v1/prices", prices),
    row("POST", "/api/v1/explain", explain),
    row("POST", "/api/v1/count", count),
    row("GET", "/api/v1/usage", usage),
    row("GET", "/api/v1/requests", requests),
    row("GET", "/api/v1/requests/*", request),
    row("GET", "/api/v1/audit", audit),
    row("GET", "/api/v1/audit/verify", audit_proof),
};

bool is_read(AdminAction action, std::string_view method) {
  return method == "GET" || method == "HEAD" || action == explain || action == count;
}

// What a team may know of itself.
bool is_of_teams(AdminAction action) {
  return action == keys || action == limits || action == limits_state || action == usage || action == requests || action == request;
}

std::string escaped(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    if (plain)
      out += c;
    else
      (out += '%').append({digits[byte >> 4], digits[byte & 15]});
  }
  return out;
}

std::string_view object_name(AdminAction action) {
  switch (action) {
    case keys: return "keys";
    case secrets: return "secrets";
    case limits: return "limits";
    case config: case check: case reload: return "config";
    default: return "";
  }
}

}  // namespace

std::span<const RouteRow> admin_routes() { return table; }

bool is_open(AdminAction action, bool metrics_need_token) {
  return action == live || action == ready || (action == metrics && !metrics_need_token);
}

bool may(AdminRole role, AdminAction action, std::string_view method) {
  switch (role) {
    case AdminRole::admin: return true;
    case AdminRole::operator_: return action != secrets;
    case AdminRole::auditor: return is_read(action, method);
    case AdminRole::team: return is_read(action, method) && is_of_teams(action);
  }
  return false;
}

std::string name_of(AdminAction action, std::string_view method, std::string_view rest) {
  if (is_read(action, method)) return "read";
  std::string object(object_name(action));
  if (action == reload) return object + ".reload";
  if (action == check) return object + ".check";
  if (action == secrets && method == "POST") return object + ".rotate_master";
  if (method == "POST") return object + (rest.empty() ? ".create" : ".rotate");
  if (method == "PUT") return object + ".set";
  return object + (method == "PATCH" ? ".change" : ".delete");
}

std::string query_of_team(std::string_view query, std::string_view team) {
  std::string out = "team=" + escaped(team);
  http::QueryParameters parameters(query);
  for (http::QueryParameter one; parameters.next(one);) {
    std::string room(one.name.size(), '\0');
    auto name = http::decode_parameter(one.name, room);
    if (name && *name == "team") continue;
    ((out += '&') += one.name) += '=';
    out += one.value;
  }
  return out;
}

bool is_foreign(const http::RequestHead& head) {
  auto origin = head.fields.find("origin");
  if (!origin) return false;
  auto host = head.fields.find("host");
  std::size_t scheme = origin->find("://");
  return !host || scheme == std::string_view::npos || !iequals(origin->substr(scheme + 3), *host);
}

}  // namespace tollgate
