#include "gateway/attempts/event_follower.h"

#include <algorithm>

#include "dialects/call_names.h"

namespace tollgate {

EventFollower::EventFollower(const Dialect& from, Way way, std::unique_ptr<EventWriter> writer, RequestId id)
    : framer_(from.framing()), way_(way), id_(id), reader_(from.event_reader()), writer_(std::move(writer)) {
  end_ = Error{.fault = Fault::upstream_truncated, .retry = Retry::next_target, .detail = "the provider's stream broke off"};
}

Result<void> EventFollower::take(std::string_view bytes, Outgoing& out) {
  if (bytes.empty())
    framer_.finish();
  else
    framer_.feed(bytes);
  Frame frame;
  while (!done_ && framer_.next(frame)) {
    events_.clear();
    reader_->read(frame, events_);
    bool failed = std::any_of(events_.begin(), events_.end(), [](const auto& e) { return std::holds_alternative<StreamFailed>(e); });
    if (way_ == Way::pass && !failed) out.pass(frame.block);
    TG_TRY_VOID(take_events(out));
  }
  if (auto failure = framer_.failure()) return fail(std::move(*failure));
  if (!bytes.empty() || done_) return {};
  events_.clear();
  end_ = reader_->end(events_);
  if (!end_) return take_events(out);
  return {};
}

// Errors are told by whoever ends the stream.
Result<void> EventFollower::take_events(Outgoing& out) {
  for (StreamEvent& event : events_) {
    if (const auto* failed = std::get_if<StreamFailed>(&event)) return fail(failed->error);
    note(event);
    if (way_ == Way::translate) {
      name_calls(event, id_);
      writer_->write(event, out.text());
    }
    if (std::holds_alternative<StreamEnd>(event)) {
      done_ = true;
      end_.reset();
      return {};
    }
  }
  return {};
}

void EventFollower::note(const StreamEvent& event) {
  if (const auto* begin = std::get_if<StreamStart>(&event)) answer_id_ = begin->id;
  if (const auto* start = std::get_if<BlockStart>(&event)) note(*start);
  if (const auto* delta = std::get_if<BlockDelta>(&event)) note(*delta);
  if (const auto* seen = std::get_if<UsageSeen>(&event)) usage_ = seen->usage;
}

// A text that begins says nothing yet; a tool call or a foreign piece does.
void EventFollower::note(const BlockStart& start) {
  if (start.part.as<Reasoning>() != nullptr) thoughts_.emplace_back(start.choice, start.block);
  bool says_nothing = start.part.as<Text>() != nullptr || start.part.as<Reasoning>() != nullptr || start.part.as<Refusal>() != nullptr;
  if (!says_nothing) content_ = true;
  if (const auto* call = start.part.as<ToolCall>()) text_bytes_ += static_cast<std::int64_t>(call->name.size());
}

void EventFollower::note(const BlockDelta& delta) {
  using What = BlockDelta::What;
  bool counts = delta.what == What::text || delta.what == What::arguments;
  if (!delta.text.empty()) content_ = true;
  if (!counts) return;
  bool thought = std::find(thoughts_.begin(), thoughts_.end(), std::pair(delta.choice, delta.block)) != thoughts_.end();
  (thought ? reasoning_bytes_ : text_bytes_) += static_cast<std::int64_t>(delta.text.size());
}

}  // namespace tollgate
