#include "dialects/openai_chat/stream.h"

#include <array>

#include "base/text.h"
#include "dialects/openai_errors.h"
#include "json/scan.h"

namespace tollgate::openai_chat {
namespace {

using json::Kind;
using json::Value;

// "[DONE]" with blanks around it (quirk 16).
bool is_end_mark(std::string_view data) { return trimmed(data) == "[DONE]"; }

// Chunks have about ten members; one that has more than this is walked a second time.
constexpr std::size_t expected_members = 24;

// What one pass over a chunk finds.
struct Chunk {
  Value choices{};
  Value usage{};
  Value groq{};
  Value tier{};
  bool may_be_error = false;
};

void read_member(const json::Member& member, Chunk& out) {
  if (member.key_is("choices"))
    out.choices = member.value;
  else if (member.key_is("usage"))
    out.usage = member.value;
  else if (member.key_is("x_groq"))
    out.groq = member.value;
  else if (member.key_is("service_tier"))
    out.tier = member.value;
  else if (member.key_is("error"))
    out.may_be_error |= !member.value.is(Kind::null);
  else if (member.key_is("object"))
    out.may_be_error |= member.value.raw == "\"error\"";
}

// Usage under x_groq counts where there is none of its own (quirk 4).
void find_groq_usage(Chunk& chunk) {
  if (!chunk.usage.is(Kind::null) || !chunk.groq.is(Kind::object)) return;
  if (auto usage = json::find(chunk.groq, "usage")) chunk.usage = *usage;
}

// A chunk and the object it was read from.
struct Scanned {
  Value root;
  Chunk chunk;
};

// Empty when the text is no JSON object.
std::optional<Scanned> scan_chunk(std::string_view text) {
  std::array<json::Member, expected_members> members;
  std::size_t count = 0;
  auto root = json::scan_object(text, {.refuse_duplicates = false}, members, count);
  if (!root) return std::nullopt;
  Scanned out{.root = *root, .chunk = {}};
  if (count <= members.size()) {
    for (std::size_t i = 0; i < count; ++i) read_member(members[i], out.chunk);
  } else {
    for (const json::Member& member : json::Members(*root)) read_member(member, out.chunk);
  }
  find_groq_usage(out.chunk);
  return out;
}

Error broken(std::string_view why) {
  return {.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = std::string(why)};
}

Error truncated() {
  return {.fault = Fault::upstream_truncated,
          .retry = Retry::next_target,
          .detail = "the provider's stream ended before its answer was complete"};
}

}  // namespace

StreamStep StreamReader::read(const SseEvent& event) {
  if (done_ || error_) {
    extra_ |= event.has_data;
    return {.kind = EventKind::other};
  }
  if (!event.error_field.empty()) return fail_with(openai::read_error_text(event.error_field));
  if (!event.has_data) return {.kind = EventKind::ignored_lifecycle, .forward = event.terminated};
  if (is_end_mark(event.data)) {
    done_ = true;
    return {.kind = EventKind::done, .forward = whole()};
  }
  if (event.name == "error") return fail_with(openai::read_error_text(event.data));
  if (trimmed(event.data).empty()) return {.kind = EventKind::ignored_lifecycle, .forward = true};
  return read_data(event);
}

StreamStep StreamReader::read_data(const SseEvent& event) {
  auto scanned = scan_chunk(event.data);
  if (!scanned && !event.terminated) return fail_with(truncated());
  if (!scanned) return fail_with(broken("the provider sent an event that is no JSON object"));
  const Chunk& chunk = scanned->chunk;
  if (chunk.may_be_error) {
    if (auto error = openai::find_error(scanned->root)) return fail_with(openai::read_error_value(*error));
  }
  StreamStep step;
  bool had_choices = false, content = false;
  for (const Value& element : json::Elements(chunk.choices)) {
    Choice choice = read_choice(element);
    if (choice.failed) return fail_with(openai::read_error_value(choice.error));
    if (!note_choice(choice, step)) return fail_with(broken("the provider sent a choice with an impossible index"));
    content |= choice.content;
    had_choices = true;
  }
  if (auto tier = chunk.tier.plain_string()) tier_ = service_named(*tier);
  if (!chunk.usage.is(Kind::null)) {
    note_usage(chunk.usage);
    step.usage = true;
  }
  content_ |= content;
  return judge_chunk(had_choices, content, step);
}

StreamStep StreamReader::judge_chunk(bool had_choices, bool content, StreamStep step) const {
  step.forward = true;
  if (content) {
    step.kind = EventKind::content;
  } else if (!had_choices && step.usage) {
    step.kind = EventKind::usage_only;
    step.forward = client_asked_ == UsageAsked::yes;
  } else {
    step.kind = step.finished ? EventKind::other : EventKind::ignored_lifecycle;
  }
  return step;
}

bool StreamReader::note_choice(const Choice& choice, StreamStep& step) {
  if (choice.index < 0 || choice.index >= static_cast<std::int64_t>(max_choices)) return false;
  auto index = static_cast<std::size_t>(choice.index);
  begun_.set(index);
  if (!choice.finish_reason.empty()) {
    finished_.set(index);
    step.finished = true;
    length_ |= choice.finish_reason == "length";
    filtered_ |= choice.finish_reason == "content_filter";
  }
  text_bytes_ += choice.text_bytes;
  reasoning_bytes_ += choice.reasoning_bytes;
  return true;
}

void StreamReader::note_usage(const Value& usage) {
  UsageReading reading = read_usage(usage, quirks_);
  if (!reading.usage && !reading.absurd) return;
  usage_ = reading.usage;
  if (usage_) usage_->beside.tier = tier_;
  absurd_ = reading.absurd;
}

StreamStep StreamReader::fail_with(Error error) {
  error_ = std::move(error);
  return {.kind = EventKind::error};
}

bool StreamReader::whole() const { return !error_ && begun_.any() && (done_ || begun_ == finished_); }

std::optional<Error> StreamReader::end() const {
  if (error_) return error_;
  if (whole()) return std::nullopt;
  return truncated();
}

}  // namespace tollgate::openai_chat
