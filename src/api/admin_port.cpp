#include "api/admin_port.h"

#include <array>

#include "api/admin_access.h"
#include "api/answer_fields.h"
#include "api/error_reply.h"
#include "api/health.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "dialects/openai_errors.h"
#include "telemetry/prometheus.h"

namespace tollgate {
namespace {

constexpr std::size_t question_bytes_max = 16 * 1024 * 1024;
constexpr std::size_t path_bytes_max = 8 * 1024;
constexpr std::size_t object_bytes_max = 1024 * 1024;
constexpr std::size_t config_bytes_max = 10 * 1024 * 1024;

std::string_view role_name(AdminRole role) { return setting_names(role)[static_cast<std::size_t>(role)]; }

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

std::string from_base64(std::string_view text) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (char c : text) {
    int value = base64_value(c);
    if (value < 0) break;
    bits = (bits << 6) | static_cast<unsigned>(value);
    if ((count += 6) < 8) continue;
    count -= 8;
    out += static_cast<char>((bits >> count) & 0xFF);
  }
  return out;
}

// The token of `Bearer TOKEN`, or the password of `Basic` for browsers.
std::string presented_token(std::string_view authorization) {
  if (authorization.size() > 7 && iequals(authorization.substr(0, 7), "bearer "))
    return std::string(trimmed(authorization.substr(7)));
  if (authorization.size() > 6 && iequals(authorization.substr(0, 6), "basic ")) {
    std::string pair = from_base64(trimmed(authorization.substr(6)));
    std::size_t colon = pair.find(':');
    if (colon != std::string::npos) return pair.substr(colon + 1);
  }
  return {};
}

AdminObject object_of(AdminAction action) {
  switch (action) {
    case AdminAction::keys: return AdminObject::keys;
    case AdminAction::secrets: return AdminObject::secrets;
    case AdminAction::limits: return AdminObject::limits;
    case AdminAction::prices: return AdminObject::prices;
    default: return AdminObject::config;
  }
}

// Forms of other sites can send anything but this type.
bool is_json(const http::RequestHead& head) {
  auto type = head.fields.find("content-type");
  if (!type) return false;
  std::string_view media = trimmed(type->substr(0, type->find(';')));
  return iequals(media, "application/json") || iequals(media, "application/merge-patch+json");
}

bool takes_body(std::string_view method) { return method == "POST" || method == "PUT" || method == "PATCH"; }

}  // namespace

// Null for nobody we know. Every token is compared, by digests of one length.
const AdminToken* AdminPort::token_of(const http::ServerExchange& exchange) const {
  auto authorization = exchange.head().fields.find("authorization");
  if (!authorization || exchange.head().fields.count("authorization") != 1) return nullptr;
  Secret presented(presented_token(*authorization));
  auto given = crypto::sha256(presented.reveal());
  const AdminToken* found = nullptr;
  for (const AdminToken& known : doors_.tokens) {
    auto wanted = crypto::sha256(known.token.reveal());
    bool same = crypto::constant_time_equal(crypto::bytes_of(given), crypto::bytes_of(wanted));
    if (same && !known.token.empty()) found = &known;
  }
  return found;
}

Task<void> AdminPort::serve_text(http::ServerExchange& exchange, std::string_view type, std::string text) {
  AnswerFields fields;
  fields.add("content-type", type);
  fields.add("cache-control", "no-store");
  fields.add("x-content-type-options", "nosniff");
  fields.add("referrer-policy", "no-referrer");
  fields.add("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'");
  std::string_view parts[] = {text};
  http::AnswerHead head{.status = 200, .fields = fields.all()};
  [[maybe_unused]] auto sent = co_await exchange.answer(head, parts);
}

Task<void> AdminPort::ask_for_token(http::ServerExchange& exchange) {
  if (doors_.audit.stranger) doors_.audit.stranger(format_ip(exchange.peer().ip));
  AnswerFields fields;
  fields.add("content-type", "application/json");
  fields.add("www-authenticate", "Basic realm=\"tollgate admin token as password\", charset=\"UTF-8\"");
  std::string body;
  openai::append_error(body, {.fault = Fault::invalid_key, .detail = "the admin token is needed"});
  std::string_view parts[] = {body};
  http::AnswerHead head{.status = 401, .fields = fields.all()};
  [[maybe_unused]] auto sent = co_await exchange.answer(head, parts);
}

Task<void> AdminPort::serve_reload(http::ServerExchange& exchange, const AdminToken& token) {
  auto done = doors_.reload(token.name, role_name(token.role));
  if (!done) co_return co_await reply_error(exchange, done.error(), fresh_id(), nullptr);
  co_await reply_json(exchange, 200, R"({"status":"ok"})");
}

Task<void> AdminPort::serve_audit(http::ServerExchange& exchange, std::string_view query) {
  if (doors_.audit.rows) co_return co_await serve_answer(exchange, doors_.audit.rows(query));
  co_await serve_answer(exchange, fail(Fault::not_found, "no audit log is kept: the setting `audit` is off"));
}

Task<void> AdminPort::serve_audit_proof(http::ServerExchange& exchange) {
  if (doors_.audit.verify) co_return co_await serve_answer(exchange, doors_.audit.verify());
  co_await serve_answer(exchange, fail(Fault::not_found, "no audit log is kept: the setting `audit` is off"));
}

Task<void> AdminPort::deny(http::ServerExchange& exchange, const AdminToken& token, std::string_view action) {
  if (doors_.audit.denied) doors_.audit.denied(token.name, role_name(token.role), action);
  Error error{.fault = Fault::not_allowed, .detail = "this token's role may not do that"};
  co_await reply_error(exchange, error, fresh_id(), nullptr);
}

Task<void> AdminPort::serve_answer(http::ServerExchange& exchange, Result<AdminAnswer> answer) {
  if (!answer) co_return co_await reply_error(exchange, answer.error(), fresh_id(), nullptr);
  co_await serve_text(exchange, answer->content_type, std::move(answer->body));
}

Task<void> AdminPort::serve_question(http::ServerExchange& exchange, const std::function<Result<std::string>(std::string_view body)>& ask) {
  auto body = co_await exchange.whole_body(question_bytes_max);
  Result<std::string> told = body ? ask(*body) : Result<std::string>(std::unexpected(body.error()));
  if (!told) co_return co_await reply_error(exchange, told.error(), fresh_id(), nullptr);
  co_await reply_json(exchange, 200, *told);
}

Task<void> AdminPort::serve_object(http::ServerExchange& exchange, const AdminToken& token, const RouteMatch& match) {
  const http::RequestHead& head = exchange.head();
  const AdminAction action = action_of(match);
  AdminCall call{.method = head.method == "HEAD" ? "GET" : head.method, .name = match.rest, .query = match.query, .actor = token.name, .role = role_name(token.role)};
  if (token.role == AdminRole::team) call.team = token.team;
  if (auto sent = head.fields.find("if-match")) call.if_match = *sent;
  if (action == AdminAction::check) call.name = "check";
  if (takes_body(call.method)) {
    auto body = co_await exchange.whole_body(action == AdminAction::check ? config_bytes_max : object_bytes_max);
    if (!body) co_return co_await reply_error(exchange, body.error(), fresh_id(), nullptr);
    call.body = *body;
    if (action != AdminAction::check && !call.body.empty() && !is_json(head)) {
      Error error{.fault = Fault::unsupported_media_type, .detail = "the body's type must be application/json", .param = "content-type"};
      co_return co_await reply_error(exchange, error, fresh_id(), nullptr);
    }
  }
  auto reply = doors_.objects(object_of(action), call);
  if (!reply) co_return co_await reply_error(exchange, reply.error(), fresh_id(), nullptr);
  AnswerFields fields;
  fields.add("content-type", reply->answer.content_type);
  fields.add("cache-control", "no-store");
  fields.add("x-content-type-options", "nosniff");
  if (!reply->etag.empty()) fields.add("etag", reply->etag);
  std::string_view parts[] = {reply->answer.body};
  http::AnswerHead answer{.status = reply->status, .fields = fields.all()};
  [[maybe_unused]] auto sent = co_await exchange.answer(answer, parts);
}

Task<void> AdminPort::serve(http::ServerExchange& exchange) {
  std::array<char, 256> small;
  Buffer large;
  if (exchange.head().origin.size() > small.size()) large = Buffer(path_bytes_max);
  auto found = find_route(admin_routes(), exchange.head(), large.empty() ? std::span<char>(small) : large.from(0));
  if (!found) co_return co_await reply_error(exchange, found.error(), fresh_id(), nullptr);
  const AdminAction action = action_of(*found);
  if (action == AdminAction::live) co_return co_await serve_health(exchange, {});
  if (action == AdminAction::ready) co_return co_await serve_health(exchange, doors_.ready());
  if (is_open(action, doors_.metrics_need_token)) co_return co_await serve_text(exchange, prometheus_content_type, doors_.metrics());
  const AdminToken* token = token_of(exchange);
  if (token == nullptr) co_return co_await ask_for_token(exchange);
  const std::string_view method = exchange.head().method;
  const bool of_no_team = token->role == AdminRole::team && token->team.empty();
  if (of_no_team || !may(token->role, action, method)) co_return co_await deny(exchange, *token, name_of(action, method, found->rest));
  if (method != "GET" && method != "HEAD" && is_foreign(exchange.head())) {
    Error error{.fault = Fault::not_allowed, .detail = "a page of another site may change nothing here", .param = "origin"};
    co_return co_await reply_error(exchange, error, fresh_id(), nullptr);
  }
  co_await serve_known(exchange, *token, *found);
}

// Somebody who may.
Task<void> AdminPort::serve_known(http::ServerExchange& exchange, const AdminToken& token, const RouteMatch& match) {
  const std::string_view team = token.role == AdminRole::team ? std::string_view(token.team) : std::string_view();
  const std::string query = team.empty() ? std::string(match.query) : query_of_team(match.query, team);
  switch (action_of(match)) {
    case AdminAction::live: case AdminAction::ready: co_return;  // open, and served before
    case AdminAction::page: co_return co_await serve_text(exchange, "text/html; charset=utf-8", doors_.page());
    case AdminAction::metrics: co_return co_await serve_text(exchange, prometheus_content_type, doors_.metrics());
    case AdminAction::reload: co_return co_await serve_reload(exchange, token);
    case AdminAction::usage: co_return co_await serve_answer(exchange, doors_.usage(query));
    case AdminAction::requests: co_return co_await serve_answer(exchange, doors_.requests(query));
    case AdminAction::request: co_return co_await serve_answer(exchange, doors_.request(match.rest, team));
    case AdminAction::audit: co_return co_await serve_audit(exchange, match.query);
    case AdminAction::audit_proof: co_return co_await serve_audit_proof(exchange);
    case AdminAction::explain: co_return co_await serve_question(exchange, doors_.explain);
    case AdminAction::count: co_return co_await serve_question(exchange, doors_.count);
    case AdminAction::limits_state: co_return co_await serve_text(exchange, "application/json", doors_.limits(team));
    case AdminAction::targets: co_return co_await serve_text(exchange, "application/json", doors_.targets());
    case AdminAction::keys: case AdminAction::secrets: case AdminAction::limits: case AdminAction::prices: case AdminAction::config:
    case AdminAction::check: co_return co_await serve_object(exchange, token, match);
  }
}

http::Handler::RefusalAnswer AdminPort::refuse(const http::Refusal& refusal) {
  RefusalAnswer answer;
  openai::append_error(answer.body, error_of(refusal));
  answer.request_id = to_string(fresh_id());
  return answer;
}

}  // namespace tollgate
