#include "api/files.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "api/account_call.h"
#include "api/answer_fields.h"
#include "api/error_reply.h"
#include "base/text.h"
#include "dialects/all.h"
#include "dialects/batch_file.h"
#include "dialects/fields.h"
#include "dialects/passthrough.h"
#include "gateway/attempts/judge.h"
#include "gateway/steps/identify.h"
#include "gateway/steps/pin.h"
#include "json/scan.h"
#include "json/write.h"
#include "routing/plan.h"

namespace tollgate {
namespace {

using json::Kind;
using json::Value;

constexpr std::string_view provider_header = "x-tollgate-provider";
constexpr std::size_t bytes_in_a_row = 256 * 1024;
constexpr auto content_within = std::chrono::minutes(10);

std::string_view header_of(const HttpIncoming& incoming, std::string_view name) {
  for (std::size_t i = 0; i < incoming.header_count(); ++i)
    if (HeaderView header = incoming.header(i); iequals(header.name, name)) return header.value;
  return {};
}

bool speaks_openai(const Snapshot& snapshot, const Route& route) {
  const auto& spoken = snapshot.facts[route.targets[0]->index].spoken;
  return std::find(spoken.begin(), spoken.end(), find_dialect("openai_chat")) != spoken.end();
}

std::unexpected<Error> which_provider(std::string_view why) { return bad_field(provider_header, "invalid_value", std::string(why)); }

Result<const Route*> provider_for(const HttpIncoming& incoming, const Snapshot& snapshot) {
  std::string_view named = header_of(incoming, provider_header);
  std::vector<const Route*> all, own;
  for (const auto& [name, route] : snapshot.passthrough) {
    if (!speaks_openai(snapshot, route)) continue;
    if (name == named) return &route;
    all.push_back(&route);
    if (std::string_view type = route.targets[0]->type; type == "openai" || type == "azure") own.push_back(&route);
  }
  if (!named.empty()) return which_provider("there is no such provider, or it keeps no files");
  if (own.size() == 1) return own[0];
  if (all.size() == 1) return all[0];
  return which_provider(all.empty() ? "no provider here keeps files" : "several providers keep files: say which one in this header");
}

std::unexpected<Error> not_found() { return fail(Fault::not_found, "there is no such file", "file_id"); }

struct Asked {
  std::string_view id;
  bool content = false;
};

Result<Asked> read_rest(std::string_view rest, std::string_view method) {
  std::size_t slash = rest.find('/');
  std::string_view more = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  bool known = more.empty() ? method == "GET" || method == "DELETE" : more == "content" && method == "GET";
  if (!known) return fail(Fault::not_found, "there is no such path");
  return Asked{rest.substr(0, slash), !more.empty()};
}

// What an upload asks for that is a batch's input. Other calls of this thread go on meanwhile.
Task<Result<BatchWork>> work_in(std::string_view content_type, std::string_view form, Worker& worker) {
  if (form_field(content_type, form, "purpose") != "batch") co_return BatchWork{};
  auto file = form_field(content_type, form, "file");
  if (!file) co_return missing_field("file");
  BatchInputReader reader(*file);
  for (;;) {
    TG_CO_TRY(more, reader.step(bytes_in_a_row));
    if (!more) break;
    std::ignore = co_await sleep(Wait{worker.reactor.now(), nullptr});
  }
  const BatchInput& batch = reader.read();
  co_return BatchWork{batch.model, batch.calls, batch.input, batch.output.value_or(-1)};
}

Task<Result<void>> upload(http::ServerExchange& exchange, HttpIncoming& incoming, const Snapshot& snapshot, Worker& worker, std::string tenant,
                          RequestId id) {
  TG_CO_TRY(account, account_for(incoming, snapshot, std::move(tenant), worker.reactor.now()));
  account.kind = ObjectKind::file;
  TG_CO_TRY(form, co_await incoming.body());
  std::string_view type = header_of(incoming, "content-type");
  TG_CO_TRY(work, co_await work_in(type, form, worker));
  account.work = std::move(work);
  std::string_view parts[] = {form};
  AccountCall call{.path = "/files", .content_type = type, .body = parts};
  TG_CO_TRY(answer, co_await ask_account(incoming, snapshot, worker, account, call));
  TG_CO_TRY(body, co_await whole_body(*answer, incoming, worker));
  auto root = json::scan(body, {.refuse_duplicates = false});
  if (root) worker.objects->keep(text_field(*root, "id"), std::move(account));
  co_await pass_on(exchange, *answer, body, id);
  co_return Result<void>{};
}

// Of a list what is this tenant's. Empty: it is no list.
std::optional<std::string> own_part_of(std::string_view list, const ProviderObjects& objects, ObjectKind kind, std::string_view tenant) {
  auto root = json::scan(list, {.refuse_duplicates = false});
  if (!root || !field_of(*root, "data").is(Kind::array)) return std::nullopt;
  std::string body;
  json::Writer out(body);
  out.begin_object();
  for (const json::Member& member : json::Members(*root)) {
    if (!member.key_is("data")) {
      out.key(member.key()).raw(member.value);
      continue;
    }
    out.key("data").begin_array();
    for (const Value& item : json::Elements(member.value))
      if (objects.find(text_field(item, "id"), kind, tenant)) out.raw(item);
    out.end_array();
  }
  out.end_object();
  return body;
}

// A file's bytes as they come: they may be many.
Task<void> stream_on(http::ServerExchange& exchange, ProviderAnswer& answer, HttpIncoming& incoming, Worker& worker, RequestId id) {
  AnswerFields fields;
  std::string_view type = find_header(answer, "content-type");
  fields.add("content-type", type.empty() ? "application/octet-stream" : type);
  add_request_id(fields, id);
  exchange.start({.status = answer.status(), .fields = fields.all()});
  Wait wait{worker.reactor.now() + content_within, &incoming.gone()};
  for (;;) {
    auto piece = co_await answer.next(wait);
    if (!piece) co_return;  // not finished: the client can tell
    std::string_view parts[] = {*piece};
    if (piece->empty()) {
      [[maybe_unused]] auto ended = co_await exchange.finish(http::Parts(parts).first(0));
      co_return;
    }
    auto sent = co_await exchange.send(parts);
    if (!sent) co_return;
  }
}

Task<Result<void>> one(http::ServerExchange& exchange, HttpIncoming& incoming, const Snapshot& snapshot, Worker& worker, std::string tenant,
                       std::string_view rest, RequestId id) {
  TG_CO_TRY(asked, read_rest(rest, incoming.method()));
  auto file = worker.objects->find(asked.id, ObjectKind::file, tenant);
  if (!file) co_return not_found();
  std::string path = "/files/" + std::string(asked.id) + (asked.content ? "/content" : "");
  AccountCall call{.path = path};
  TG_CO_TRY(answer, co_await ask_account(incoming, snapshot, worker, *file, call));
  if (asked.content) {
    co_await stream_on(exchange, *answer, incoming, worker, id);
    co_return Result<void>{};
  }
  TG_CO_TRY(body, co_await whole_body(*answer, incoming, worker));
  if (incoming.method() == "DELETE") worker.objects->forget(asked.id);
  co_await pass_on(exchange, *answer, body, id);
  co_return Result<void>{};
}

Task<Result<void>> serve(http::ServerExchange& exchange, HttpIncoming& incoming, const Snapshot& snapshot, Worker& worker, std::string_view rest,
                         RequestId id) {
  TG_CO_TRY(key, find_caller(incoming, snapshot, worker));
  std::string tenant = tenant_of(*key);
  if (!rest.empty()) co_return co_await one(exchange, incoming, snapshot, worker, tenant, rest.substr(1), id);
  if (incoming.method() == "POST") co_return co_await upload(exchange, incoming, snapshot, worker, tenant, id);
  OwnList wanted{"/files", ObjectKind::file, tenant};
  co_return co_await serve_own_list(exchange, incoming, worker, std::move(wanted), id);
}

}  // namespace

Result<ProviderObject> account_for(const HttpIncoming& incoming, const Snapshot& snapshot, std::string tenant, Instant now) {
  TG_TRY(route, provider_for(incoming, snapshot));
  Plan plan = make_plan(*route, {.now = now});
  const Target& target = *route->targets[0];
  std::size_t key = plan.count > 0 ? plan.candidates[0].standing.key : 0;
  return ProviderObject{.tenant = std::move(tenant), .provider = target.provider, .key = key < target.keys.size() ? target.keys[key].name : std::string()};
}

Task<Result<void>> serve_own_list(http::ServerExchange& exchange, HttpIncoming& incoming, Worker& worker, OwnList wanted, RequestId id) {
  auto held = worker.snapshot.get();
  TG_CO_TRY(account, account_for(incoming, **held, wanted.tenant, worker.reactor.now()));
  std::string path = std::string(wanted.path) + passed_query(incoming.query());
  AccountCall call{.path = path};
  TG_CO_TRY(answer, co_await ask_account(incoming, **held, worker, account, call));
  TG_CO_TRY(body, co_await whole_body(*answer, incoming, worker));
  auto own = own_part_of(body, *worker.objects, wanted.kind, wanted.tenant);
  if (!own) co_return fail(Fault::upstream_protocol, "the provider's list cannot be read");
  co_await reply_json(exchange, *own, id);
  co_return Result<void>{};
}

Task<void> serve_files(http::ServerExchange& exchange, std::string_view rest, std::string_view query, Worker& worker, RequestId id) {
  auto held = worker.snapshot.get();
  HttpIncoming incoming(exchange, query, **held);
  auto served = co_await serve(exchange, incoming, **held, worker, rest, id);
  if (!served) co_await reply_error(exchange, served.error(), id, nullptr);
}

}  // namespace tollgate
