#include "app/commands/admin_client.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "async/clock.h"
#include "async/epoll_poller.h"
#include "async/task_group.h"
#include "json/scan.h"
#include "json/write.h"
#include "net/http1/write.h"
#include "net/http_client.h"
#include "net/resolver.h"
#include "net/tcp_dialer.h"
#include "net/tls_client.h"

namespace tollgate {
namespace {

constexpr const char* token_variable = "TOLLGATE_ADMIN_TOKEN";
constexpr Duration answered_within = seconds(30), answer_idle = seconds(10);
constexpr std::size_t head_bytes_max = 8 * 1024, answer_bytes_max = 16 * 1024 * 1024;
constexpr std::size_t pages_max = 1'000;
constexpr int not_found = 404, good_until = 299;

struct Reply {
  int status = 0;
  std::string body;
};

Task<void> exchange(http::Client& client, http::UpstreamPool& pool, MemoryBudget& memory, std::string_view method, std::span<const std::string_view> parts,
                    std::optional<Result<Reply>>& out) {
  Wait wait{Reactor::current().now() + answered_within, nullptr};
  AttemptPhase phase = AttemptPhase::connect;
  auto call = co_await client.send(pool, method, parts, {wait, wait}, phase);
  if (!call) {
    out = fail(std::move(call).error());
    co_return;
  }
  auto body = co_await (*call)->whole(answer_bytes_max, memory, wait, answer_idle);
  if (body)
    out = Reply{(*call)->head().status, std::string(*body)};
  else
    out = fail(std::move(body).error());
}

// What the API says of a refusal.
Error refusal(const Reply& reply) {
  std::string said = fmt::format("the gateway answers with status {}", reply.status);
  if (auto root = json::scan(reply.body); root && root->is(json::Kind::object))
    if (auto message = json::find_path(*root, {"error", "message"}); message && message->is(json::Kind::string)) said = message->string().value_or(said);
  return {.fault = reply.status == not_found ? Fault::not_found : reply.status < 500 ? Fault::invalid_request : Fault::unavailable, .detail = std::move(said)};
}

bool is_here(std::string_view host) { return host == "127.0.0.1" || host == "::1" || host == "localhost"; }

}  // namespace

Result<AdminClient> AdminClient::of(const CommandLine& line) {
  if (line.has("data") || line.has("config")) return fail(Fault::invalid_request, "--admin is a gateway elsewhere: say it without --data and --config");
  auto url = parse_url(line.value(admin_option.name).value_or(""));
  if (!url) return fail(Fault::invalid_request, fmt::format("--admin needs an address such as https://gateway.example:8081: this one {}", url.error()));
  const char* token = std::getenv(token_variable);
  if (token == nullptr || *token == '\0') return fail(Fault::unavailable, fmt::format("--admin needs the admin token in ${}", token_variable));
  if (!url->tls && !is_here(url->host)) fmt::print(stderr, "tollgate: beware: the token goes to {} unencrypted\n", url->host);
  return AdminClient(std::move(*url), Secret(token));
}

std::string AdminClient::path_of(std::string_view objects, std::string_view name) {
  std::string path = fmt::format("{}/", objects);
  for (char c : name) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("._-:/").find(c) != std::string_view::npos;
    path += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return path;
}

Result<std::string> AdminClient::head_of(std::string_view method, std::string_view path, std::size_t body) const {
  std::array<char, head_bytes_max> room;
  http::HeadWriter writer(room);
  writer.request_line(method, fmt::format("{}/api/v1/{}", url_.path, path));
  writer.field("host", url_.authority());
  writer.field("user-agent", "tollgate");
  writer.field("authorization", fmt::format("Bearer {}", token_.reveal()));
  writer.field("accept", "application/json");
  if (body > 0) writer.field("content-type", "application/json");
  writer.body({.kind = http::BodyFraming::Kind::length, .length = body});
  auto head = writer.finish();
  if (!head) return fail(Fault::invalid_request, "the name or the token cannot stand in a request");
  return std::string(*head);
}

Result<std::string> AdminClient::ask(std::string_view method, std::string_view path, std::string_view body) const {
  TG_TRY(head, head_of(method, path, body.size()));
  SystemClock clock;
  SeededRandom random(system_seed());
  EpollPoller poller;
  Reactor reactor(clock, random, poller);
  Resolver resolver(reactor);
  TlsClients tls;
  TcpDialer dialer(resolver, poller, tls);
  MemoryBudget memory(2 * answer_bytes_max);
  http::Client client(dialer);
  Origin origin;
  origin.host = url_.host;
  origin.port = url_.port;
  origin.tls = url_.tls;
  http::UpstreamPool pool(origin);
  std::string_view parts[] = {head, body};
  std::optional<Result<Reply>> reply;
  TaskGroup tasks;
  {
    Reactor::Turn turn(reactor);
    tasks.spawn(exchange(client, pool, memory, method, parts, reply));
  }
  reactor.run_until([&] { return tasks.size() == 0; });
  if (!reply || !*reply) return fail(Fault::unavailable, fmt::format("no gateway answers at {}: {}", url_.text(), reply ? (*reply).error().detail : "it said nothing"));
  if ((*reply)->status > good_until) return fail(refusal(**reply));
  return std::move((*reply)->body);
}

Result<std::string> AdminClient::list(std::string_view member) const {
  std::string text, after;
  json::Writer out(text);
  out.begin_object().key(member).begin_array();
  for (std::size_t page = 0; page < pages_max; ++page) {
    TG_TRY(body, ask("GET", after.empty() ? fmt::format("{}?limit=1000", member) : fmt::format("{}?limit=1000&after={}", member, path_of("", after).substr(1))));
    auto root = json::scan(body);
    auto rows = root ? json::find(*root, member) : std::nullopt;
    if (!rows || !rows->is(json::Kind::array)) return fail(Fault::unavailable, "what answers there is no gateway of this version");
    for (const json::Value& row : json::Elements(*rows)) out.raw(row.raw);
    auto next = json::find(*root, "next");
    if (!next || !next->is(json::Kind::string)) break;
    after = next->string().value_or("");
  }
  out.end_array().end_object();
  return text += '\n';
}

}  // namespace tollgate
