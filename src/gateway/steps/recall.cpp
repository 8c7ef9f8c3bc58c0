#include "gateway/steps/recall.h"

#include "dialects/fields.h"
#include "gateway/attempts/language.h"
#include "gateway/steps/pin.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate {
namespace {

using json::Kind;
using json::Value;

constexpr std::string_view previous = "previous_response_id";

// The question's items: those of a list, or the text as a message.
std::string items_of(const Value& input) {
  if (input.is(Kind::array)) return std::string(input.raw.substr(1, input.raw.size() - 2));
  if (!input.is(Kind::string)) return {};
  std::string message;
  json::Writer(message).begin_object().member("type", "message").member("role", "user").key("content").raw(input).end_object();
  return message;
}

// The caller's body with all that was said before in front of its input.
std::string retold(const Value& root, std::string_view said) {
  std::string body;
  json::Writer out(body);
  out.begin_object();
  for (const json::Member& member : json::Members(root))
    if (!member.key_is(previous) && !member.key_is("input")) out.key(member.key()).raw(member.value);
  std::string fresh = items_of(field_of(root, "input"));
  std::string items = "[" + std::string(said);
  if (!said.empty() && fresh.find_first_not_of(" \t\r\n") != std::string::npos) items += ',';
  items += fresh + "]";
  out.key("input").raw(items).end_object();
  return body;
}

}  // namespace

bool speaks_responses(const Exchange& x) { return x.door.operation == Operation::chat && x.door.dialect->name() == "openai_responses"; }

Result<void> recall_conversation(Exchange& x, const Conversations* conversations) {
  if (conversations == nullptr || !speaks_responses(x)) return {};
  x.asked_input = field_of(x.call.root, "input");
  std::string id = text_field(x.call.root, previous);
  if (id.empty()) return {};
  auto before = conversations->find(id, tenant_of(*x.key));
  if (before == nullptr) return {};
  auto said = items_until(*before);
  if (!said || before->number >= Conversations::turns_max)
    return bad_field(previous, "conversation_too_long", "the conversation has grown too long to be continued");
  x.retold = retold(x.call.root, *said);
  x.previous_id = std::move(id);
  x.before = std::move(before);
  TG_TRY(call, x.door.dialect->view({.operation = x.door.operation, .body = x.retold, .path_model = {}}));
  x.call = std::move(call);
  return {};
}

void prepare_to_keep(Exchange& x, const Worker& worker, Try& t) {
  bool possible = worker.conversations != nullptr && worker.conversations->keeps() && speaks_responses(x);
  bool unwanted = possible && field_of(x.call.root, "store").boolean() == false;
  t.keeps = possible && !unwanted && !bytes_pass(x, *t.target);
  if (t.keeps && x.chat) x.chat->store.reset();  // it is done here
  if (t.keeps && x.asked_items.empty()) x.asked_items = items_of(x.asked_input);
}

void keep_conversation(const Exchange& x, const Worker& worker, const Try& t, std::string_view answer) {
  if (!t.keeps) return;
  std::string id = text_field({answer, Kind::object}, "id");
  Turn turn{.input = x.asked_items, .answer = std::string(answer), .before = x.before};
  if (x.before) turn.number = x.before->number + 1;
  worker.conversations->keep(id, tenant_of(*x.key), std::move(turn));
}

void keep_streamed_conversation(const Exchange& x, const Worker& worker, const Try& t, std::string_view events) {
  if (!t.keeps) return;
  constexpr std::string_view data = "\ndata: ";
  std::size_t last = events.rfind(data);
  if (last == std::string_view::npos) return;
  std::string_view event = events.substr(last + data.size());
  event = event.substr(0, event.find('\n'));
  Value response = field_of({event, Kind::object}, "response");
  if (response.is(Kind::object)) keep_conversation(x, worker, t, response.raw);
}

}  // namespace tollgate
