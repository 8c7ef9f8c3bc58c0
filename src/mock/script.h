#pragma once
// What the scripted provider does: rules, tried in order for each call; the first that fits decides. A rule says when
// it fits and what happens then; what it leaves out stays as it is for an ordinary answer. docs/mock.md shows every
// word of it.
//
// Events of a stream are counted from 0: `after_events: 2` acts before the third. An answer that is not streamed is one
// event, so `after_events: 0` acts between its head and its body.
//
// Values only: counting the turns of a rule is playbook.h's part, doing what it says is player.h's.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace tollgate::mock {

constexpr std::size_t max_rules = 1000;
constexpr std::size_t max_raw_steps = 10'000;
constexpr std::int64_t max_answer_tokens = 1'000'000;
constexpr std::int64_t max_chunks = 100'000;
constexpr std::int64_t max_ms = 24 * 3600 * 1000;
constexpr std::int64_t max_count = 1'000'000'000'000;
constexpr std::size_t max_head_bytes = 16 * 1024;  // of all `headers` of a rule together
constexpr std::size_t max_kept_requests = 1000;

using Pairs = std::vector<std::pair<std::string, std::string>>;

enum class CloseBy : std::uint8_t { fin, rst };

struct Cut {
  std::optional<std::int64_t> after_events;
  std::optional<std::int64_t> after_bytes;  // of the body, without its chunked framing
  CloseBy how = CloseBy::fin;
};

struct Stall {
  std::int64_t after_events = 0;
  Duration lasts{};  // zero: until the client leaves, or an hour is over
  Duration time() const { return lasts.count() == 0 ? Duration(std::chrono::hours(1)) : lasts; }
};

struct ErrorEvent {
  std::int64_t after_events = 0;
  std::string error;  // JSON, the value of "error"
};

struct Drip {
  Duration every{};
  std::int64_t bytes = 1;
};

// One step of an answer that is written as bytes: a pause, then `repeat` times the bytes.
struct RawStep {
  std::string bytes;
  Duration pause{};
  std::int64_t repeat = 1;
  Duration gap{};     // between repetitions
  bool drip = false;  // byte by byte, `gap` between them
};

struct Raw {
  std::vector<RawStep> steps;
  CloseBy how = CloseBy::fin;
};

struct Rule {
  // When it fits.
  std::string model = "*";  // as the caller wrote it; a trailing * matches anything
  std::string path;         // empty: each of the model endpoints
  std::string says;         // part of the last message, as it stands in the JSON
  std::optional<bool> stream;
  Pairs header;  // name, pattern of its value
  std::int64_t times = max_count;
  std::int64_t every = 1;     // only each N-th call that fits
  std::int64_t chance = 100;  // percent, by the script's seed

  // Time.
  Duration delay{};               // before the head
  Duration first_token{};         // between the head and the first event of a stream
  Duration chunk{};               // between two pieces of content
  Duration jitter{};              // up to so much more, evenly, before each piece
  std::optional<Drip> slow_drip;  // the whole answer, head and all

  // An ordinary answer with other contents.
  std::optional<std::string> text;
  std::optional<std::int64_t> tokens;  // of the text: repeated or cut until it has so many
  std::optional<std::int64_t> chunks;  // pieces of a stream
  std::int64_t cached_tokens = 0;
  std::int64_t reasoning_tokens = 0;
  std::optional<std::string> usage;  // JSON, in place of the true one
  bool no_usage = false;
  bool no_done = false;

  // Another answer.
  int status = 0;  // 0: 200
  Pairs headers;
  std::optional<std::string> body;
  bool html = false;
  std::optional<Raw> raw;

  // Faults on the way.
  std::optional<Cut> cut;
  std::optional<Stall> stall;
  std::optional<ErrorEvent> error_event;
  std::optional<std::int64_t> garbage;           // after so many events
  std::optional<std::int64_t> truncate_chunked;  // after so many events; -1: before the last one
  bool close = false;                            // `connection: close`, and so it does
  bool hang_up = false;                          // closes after the answer without having said so

  // Whether it says something of its own instead of an answer by the model. Such answers are not billed.
  bool replaces_answer() const { return status != 0 || html || body.has_value() || raw.has_value(); }
};

struct Script {
  std::int64_t seed = 1;
  std::vector<std::string> keys;    // accepted credentials; none: any
  std::vector<std::string> models;  // served models; none: any
  std::int64_t keep_requests = max_kept_requests;
  Duration idle = std::chrono::seconds(75);  // an idle connection is closed after
  std::vector<Rule> rules;
};

// The error names the place: "rules[2].cut: …".
Result<Script> read_script(std::string_view text);

}  // namespace tollgate::mock
