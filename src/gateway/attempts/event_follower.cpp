#include "gateway/attempts/event_follower.h"

#include <algorithm>

#include "dialects/call_names.h"
#include "gateway/attempts/meter.h"

namespace tollgate {
namespace {

constexpr std::int64_t none = -1;
constexpr std::string_view blanks = " \t\r\n";

Error broken_off() { return {.fault = Fault::upstream_truncated, .retry = Retry::next_target, .detail = "the provider's stream broke off"}; }

}  // namespace

EventFollower::EventFollower(const Dialect& from, Way way, std::unique_ptr<EventWriter> writer, RequestId id)
    : framer_(from.framing()), way_(way), id_(id), reader_(from.event_reader()), writer_(std::move(writer)) {
  end_ = broken_off();
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
    if (way_ == Way::translate) write(event, out);
    if (reads_along_) {
      unwritten_.clear();
      writer_->write(event, unwritten_);
      note_open(event);
    }
    if (std::holds_alternative<StreamEnd>(event)) {
      done_ = true;
      end_.reset();
      return {};
    }
  }
  return {};
}

void EventFollower::write(StreamEvent& event, Outgoing& out) {
  if (heard_) {
    if (usage_before_ && !fit_in(event)) return;
    heard_->take(event);
    if (const auto* start = std::get_if<BlockStart>(&event)) {
      last_block_ = std::max(last_block_, start->block);
      if (start->part.as<Text>() != nullptr) open_text_ = start->block;
    }
    if (const auto* end = std::get_if<BlockEnd>(&event); end != nullptr && end->block == open_text_) open_text_ = none;
  }
  name_calls(event, id_);
  writer_->write(event, out.text());
  note_open(event);
}

void EventFollower::note_open(const StreamEvent& event) {
  if (const auto* start = std::get_if<BlockStart>(&event)) open_.emplace_back(start->choice, start->block);
  if (const auto* end = std::get_if<BlockEnd>(&event)) std::erase(open_, std::pair(end->choice, end->block));
}

bool EventFollower::append_cut(std::string& out, const Usage& used, EventWriter&) {
  if (way_ == Way::pass && !reads_along_) return false;
  for (auto [choice, block] : open_) writer_->write(BlockEnd{choice, block}, out);
  for (const StreamEvent& event : {StreamEvent(ChoiceEnd{.finish = FinishReason::length}), StreamEvent(UsageSeen{used}), StreamEvent(StreamEnd{})})
    writer_->write(event, out);
  return true;
}

// After a break: gives the block of an event its number in the client's stream. False: the client has had that.
bool EventFollower::fit_in(StreamEvent& event) {
  if (std::holds_alternative<StreamStart>(event)) return false;
  if (auto* seen = std::get_if<UsageSeen>(&event)) seen->usage += *usage_before_;
  if (auto* start = std::get_if<BlockStart>(&event)) {
    bool goes_on = start->part.as<Text>() != nullptr && open_text_ != none;
    if (goes_on) {
      renumbered_.emplace_back(start->block, open_text_);
      return false;
    }
    renumbered_.emplace_back(start->block, last_block_ + 1);
    start->block = last_block_ + 1;
  }
  auto number = [&](std::int64_t block) {
    for (auto [theirs, ours] : renumbered_)
      if (theirs == block) return ours;
    return block;
  };
  if (auto* delta = std::get_if<BlockDelta>(&event)) {
    delta->block = number(delta->block);
    if (blanks_come_again_ && delta->what == BlockDelta::What::text) {
      delta->text.erase(0, std::min(delta->text.find_first_not_of(blanks), delta->text.size()));
      blanks_come_again_ = delta->text.empty();
    }
  }
  if (auto* end = std::get_if<BlockEnd>(&event)) end->block = number(end->block);
  return true;
}

void EventFollower::go_on(const Dialect& from) {
  Usage before = usage_.value_or(Usage{});
  before.output = std::max(before.output, estimated_tokens(text_bytes_));
  if (usage_before_) before += *usage_before_;
  usage_before_ = before;
  usage_.reset();
  text_bytes_ = reasoning_bytes_ = 0;
  framer_ = AnyFramer(from.framing());
  reader_ = from.event_reader();
  end_ = broken_off();
  renumbered_.clear();
  blanks_come_again_ = !heard_->text.empty() && blanks.find(heard_->text.back()) != std::string_view::npos;
  thoughts_.clear();
  content_ = done_ = false;
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
