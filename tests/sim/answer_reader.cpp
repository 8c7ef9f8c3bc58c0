#include "sim/answer_reader.h"

#include <algorithm>
#include <charconv>

#include "json/document.h"

namespace tollgate::sim {
namespace {

std::optional<Told> told_in(const json::Node& usage) {
  if (!usage.is(json::Kind::object)) return std::nullopt;
  return Told{.prompt = usage["prompt_tokens"].integer().value_or(-1),
              .cached = usage.at("/prompt_tokens_details/cached_tokens").integer().value_or(0),
              .completion = usage["completion_tokens"].integer().value_or(-1),
              .reasoning = usage.at("/completion_tokens_details/reasoning_tokens").integer().value_or(0)};
}

void read_plain(std::string_view body, ClientCall& call) {
  auto document = json::Document::parse(body);
  if (!document) return;
  auto root = document->root();
  call.text = root.at("/choices/0/message/content").string().value_or("");
  call.usage = told_in(root["usage"]);
  call.error_code = root.at("/error/code").string().value_or("");
}

// The data of an event; other lines are none of ours. Our providers write one data line an event.
std::string_view data_of(std::string_view event) {
  constexpr std::string_view field = "data: ";
  while (!event.empty()) {
    std::string_view line = event.substr(0, event.find('\n'));
    if (line.starts_with(field)) return line.substr(field.size());
    event.remove_prefix(std::min(event.size(), line.size() + 1));
  }
  return {};
}

// Events as far as they came; a last one without its end does not count.
void read_stream(std::string_view body, ClientCall& call) {
  call.text.clear();
  bool over = false;
  for (std::size_t end; (end = body.find("\n\n")) != body.npos; body.remove_prefix(end + 2)) {
    std::string_view data = data_of(body.substr(0, end));
    if (data.empty()) continue;
    call.after_end |= over;
    if (data == "[DONE]") {
      call.done_mark = over = true;
      continue;
    }
    auto document = json::Document::parse(data);
    if (!document) {
      call.error_code = "(no JSON)";
      continue;
    }
    auto root = document->root();
    call.text += root.at("/choices/0/delta/content").string().value_or("");
    if (auto usage = told_in(root["usage"])) call.usage = usage;
    if (root["error"]) {
      call.error_code = root.at("/error/code").string().value_or("?");
      over = true;
    }
  }
}

}  // namespace

bool AnswerReader::feed(std::string_view bytes) {
  if (head_read_) {
    take_body(bytes);
  } else {
    raw_ += bytes;
    if (!take_head()) return false;
  }
  return !broken_;
}

bool AnswerReader::take_head() {
  std::size_t resume = 0;
  http::ResponseHead head;
  http::ParseStatus parsed = http::parse_response_head(raw_, resume, "POST", head);
  if (parsed.state == http::ParseState::bad) return false;
  if (parsed.state != http::ParseState::complete) return true;
  head_read_ = true;
  status_ = head.status;
  keep_alive_ = head.keep_alive;
  request_id_ = head.fields.find("x-tollgate-request-id").value_or("");
  cost_ = head.fields.find("x-tollgate-cost-usd").value_or("");
  type_ = head.fields.find("content-type").value_or("");
  if (auto attempts = head.fields.find("x-tollgate-attempts"))
    std::from_chars(attempts->data(), attempts->data() + attempts->size(), attempts_);
  body_reader_ = http::BodyReader(head.framing);
  std::string came = raw_.substr(parsed.head_bytes);
  take_body(came);
  return true;
}

void AnswerReader::take_body(std::string_view bytes) {
  while (!bytes.empty() && !body_reader_.done() && !body_reader_.failed()) {
    http::BodyStep step = body_reader_.feed(bytes);
    body_ += step.payload;
    bytes.remove_prefix(step.taken);
  }
  broken_ |= body_reader_.failed();
  rest_ += bytes;
}

void AnswerReader::end_of_input() { body_reader_.end_of_input(); }

void AnswerReader::tell(ClientCall& call) const {
  call.status = status_;
  call.attempts = attempts_;
  call.request_id = request_id_;
  call.cost = cost_;
  if (type_.starts_with("text/event-stream"))
    read_stream(body_, call);
  else
    read_plain(body_, call);
}

CallEnd AnswerReader::meaning(const ClientCall& call) const {
  if (status_ != 200) return CallEnd::refused;
  if (call.wanted != Wanted::stream) return CallEnd::whole;
  return call.done_mark ? CallEnd::whole : call.error_code.empty() ? CallEnd::broken : CallEnd::error_event;
}

}  // namespace tollgate::sim
