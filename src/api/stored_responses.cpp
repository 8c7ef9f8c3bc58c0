#include "api/stored_responses.h"

#include <algorithm>
#include <vector>

#include "api/account_call.h"
#include "api/error_reply.h"
#include "base/text.h"
#include "dialects/all.h"
#include "dialects/fields.h"
#include "dialects/passthrough.h"
#include "gateway/steps/identify.h"
#include "gateway/steps/pin.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate {
namespace {

using json::Kind;
using json::Value;

struct Asked {
  std::string_view id, more;  // more: "", "cancel", "input_items"
};

Result<Asked> read_rest(std::string_view rest, std::string_view method) {
  std::size_t slash = rest.find('/');
  Asked asked{rest.substr(0, slash), slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1)};
  bool known = (asked.more.empty() && method != "POST") || (asked.more == "cancel" && method == "POST") || (asked.more == "input_items" && method == "GET");
  if (!known) return fail(Fault::not_found, "there is no such path");
  return asked;
}

std::unexpected<Error> not_found() { return fail(Fault::not_found, "there is no such response", "response_id"); }

std::string_view parameter(std::string_view query, std::string_view name) {
  for (std::string_view pair : split(query, '&'))
    if (pair.substr(0, pair.find('=')) == name && pair.find('=') != std::string_view::npos) return pair.substr(pair.find('=') + 1);
  return {};
}

// An item as the list shows it: one without an id gets one that stays the same.
struct ListedItem {
  std::string id, json;
};

ListedItem listed(const Value& item, std::string_view response, std::size_t number) {
  std::string id = text_field(item, "id");
  if (!id.empty()) return {std::move(id), std::string(item.raw)};
  id = "item_" + std::string(response) + "_" + std::to_string(number);
  std::string json;
  json::Writer out(json);
  out.begin_object().member("id", id);
  for (const json::Member& member : json::Members(item)) out.key(member.key()).raw(member.value);
  out.end_object();
  return {std::move(id), std::move(json)};
}

// What was said before the answer, newest first unless asked otherwise, page by page as OpenAI has it.
Result<std::string> input_items(const Turn& turn, std::string_view response, std::string_view query) {
  constexpr std::uint64_t usual = 20, most = 100;
  std::string_view asked_limit = parameter(query, "limit"), order = parameter(query, "order"), after = parameter(query, "after");
  auto limit = asked_limit.empty() ? std::optional(usual) : parse_u64(asked_limit);
  if (!limit || *limit < 1 || *limit > most) return bad_field("limit", "invalid_value", "'limit' must be from 1 to 100");
  if (!order.empty() && order != "asc" && order != "desc") return bad_field("order", "invalid_value", "'order' must be asc or desc");
  std::string before = turn.before == nullptr ? "" : items_until(*turn.before).value_or("");
  std::string all = "[" + before + (before.empty() || turn.input.empty() ? "" : ",") + turn.input + "]";
  std::vector<ListedItem> items;
  for (const Value& item : json::Elements({all, Kind::array})) items.push_back(listed(item, response, items.size()));
  if (order != "asc") std::reverse(items.begin(), items.end());
  auto first = items.begin();
  if (!after.empty()) {
    first = std::find_if(items.begin(), items.end(), [&](const ListedItem& item) { return item.id == after; });
    if (first == items.end()) return bad_field("after", "invalid_value", "'after' is no item of this response");
    ++first;
  }
  auto end = first + std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(*limit), items.end() - first);
  std::string body;
  json::Writer out(body);
  out.begin_object().member("object", "list").key("data").begin_array();
  for (auto item = first; item != end; ++item) out.raw(item->json);
  out.end_array().member("first_id", first == end ? "" : first->id).member("last_id", first == end ? "" : std::prev(end)->id);
  out.member("has_more", end != items.end()).end_object();
  return body;
}

Result<std::string> answer_of_ours(Conversations& conversations, const Turn& turn, const Asked& asked, std::string_view method,
                                   std::string_view tenant, std::string_view query) {
  if (asked.more == "input_items") return input_items(turn, asked.id, query);
  if (asked.more == "cancel") return bad_field("response_id", "invalid_value", "only a response that was made in the background can be cancelled");
  if (method != "DELETE") return turn.answer;
  conversations.forget(asked.id, tenant);
  std::string body;
  json::Writer(body).begin_object().member("id", asked.id).member("object", "response").member("deleted", true).end_object();
  return body;
}

// REQUIRES: nothing was answered yet.
Task<Result<void>> serve(http::ServerExchange& exchange, HttpIncoming& incoming, const Snapshot& snapshot, Worker& worker, Asked asked,
                         std::string_view query, RequestId id) {
  TG_CO_TRY(key, find_caller(incoming, snapshot, worker));
  std::string tenant = tenant_of(*key);
  auto turn = worker.conversations == nullptr ? nullptr : worker.conversations->find(asked.id, tenant);
  if (turn != nullptr) {
    TG_CO_TRY(body, answer_of_ours(*worker.conversations, *turn, asked, incoming.method(), tenant, query));
    co_await reply_json(exchange, body, id);
    co_return Result<void>{};
  }
  auto object = worker.objects == nullptr ? std::nullopt : worker.objects->find(asked.id, ObjectKind::response, tenant);
  if (!object) co_return not_found();
  std::string path = "/responses/" + std::string(asked.id) + (asked.more.empty() ? "" : "/") + std::string(asked.more) + passed_query(query);
  AccountCall call{.path = path, .language = "openai_responses"};
  TG_CO_TRY(answer, co_await ask_account(incoming, snapshot, worker, *object, call));
  TG_CO_TRY(body, co_await whole_body(*answer, incoming, worker));
  if (incoming.method() == "DELETE") worker.objects->forget(asked.id);
  co_await pass_on(exchange, *answer, body, id);
  co_return Result<void>{};
}

}  // namespace

Task<void> serve_stored_response(http::ServerExchange& exchange, std::string_view rest, std::string_view query, Worker& worker, RequestId id) {
  auto held = worker.snapshot.get();
  HttpIncoming incoming(exchange, query, **held);
  auto asked = read_rest(rest, incoming.method());
  Result<void> served = asked ? Result<void>() : Result<void>(std::unexpected(asked.error()));
  if (asked) served = co_await serve(exchange, incoming, **held, worker, *asked, query, id);
  if (!served) co_await reply_error(exchange, served.error(), id, nullptr, *find_dialect("openai_responses"));
}

}  // namespace tollgate
