#pragma once
// StreamReader follows one streamed answer, event by event: what came, what of it goes to the client, and whether it
// was whole.
//
//   while (framer.next(event)) {
//     StreamStep step = reader.read(event);
//     hold back until step.kind is `content` or step.finished;   then forward event.block of each step that says so
//     if (step.kind == EventKind::error) …                       reader.error(); read no further
//   }
//   if (reader.whole()) … if (!reader.done()) send done_block    // else Fault::upstream_truncated, see end()
//
// What goes to the client is the provider's bytes: the chunk that holds only usage is hidden when the client did not
// ask for it, the end mark passes once and only after an answer, nothing follows it or an error. Usage is the last that
// was told (quirk 3). An answer is whole when each choice that began gave its finish reason, or the end mark came
// (Snowflake gives no reason, quirk 30), and no error came. Memory is constant, nothing is allocated but for errors.

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "dialects/openai_chat/choice.h"
#include "dialects/openai_chat/usage.h"
#include "dialects/sse.h"

namespace tollgate::openai_chat {

constexpr std::string_view done_block = "data: [DONE]\n\n";
constexpr std::size_t max_choices = 128;  // of one answer, as OpenAI bounds `n`

enum class EventKind : std::uint8_t {
  ignored_lifecycle,  // says nothing yet: role, empty delta, filter results, heartbeat
  content,
  usage_only,  // `choices: []` and usage
  error,       // inside a 200; reader.error() tells
  done,        // the end mark
  other,       // a chunk with only a finish reason; whatever comes after the end
};

struct StreamStep {
  EventKind kind = EventKind::other;
  bool forward = false;   // the event's block goes to the client
  bool finished = false;  // a choice gave its finish reason in this event
  bool usage = false;     // usage came in this event
};

enum class UsageAsked : std::uint8_t { no, yes };

class StreamReader {
 public:
  explicit StreamReader(UsageAsked client_asked, UsageQuirks quirks = {})
      : client_asked_(client_asked), quirks_(quirks) {}

  StreamStep read(const SseEvent& event);

  // The bytes ended, in order or not: the error to tell, or nothing when the answer is whole.
  std::optional<Error> end() const;
  bool whole() const;

  bool done() const { return done_; }  // the end mark came
  bool content_came() const { return content_; }
  bool extra_events() const { return extra_; }    // something came after the end
  bool cut_by_length() const { return length_; }  // a finish reason said so
  bool filtered() const { return filtered_; }     // content_filter
  const std::optional<Error>& error() const { return error_; }
  const std::optional<Usage>& usage() const { return usage_; }
  bool absurd_usage() const { return absurd_; }            // the last usage held impossible numbers
  std::int64_t text_bytes() const { return text_bytes_; }  // visible output so far
  std::int64_t reasoning_bytes() const { return reasoning_bytes_; }

 private:
  StreamStep read_data(const SseEvent& event);
  StreamStep judge_chunk(bool had_choices, bool content, StreamStep step) const;
  bool note_choice(const Choice& choice, StreamStep& step);
  void note_usage(const json::Value& usage);
  StreamStep fail_with(Error error);

  UsageAsked client_asked_;
  UsageQuirks quirks_;
  std::bitset<max_choices> begun_, finished_;
  std::optional<Usage> usage_;
  ServiceTier tier_ = ServiceTier::untold;  // as the last chunk that told it
  std::optional<Error> error_;
  std::int64_t text_bytes_ = 0;
  std::int64_t reasoning_bytes_ = 0;
  bool done_ = false;
  bool content_ = false;
  bool extra_ = false;
  bool length_ = false;
  bool filtered_ = false;
  bool absurd_ = false;
};

}  // namespace tollgate::openai_chat
