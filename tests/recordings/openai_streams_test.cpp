// Every recorded stream of the OpenAI wire family, fed whole, byte by byte and at random splits.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "dialects/openai_chat/stream.h"
#include "recordings.h"

namespace tollgate::recordings {
namespace {

using namespace openai_chat;

struct Played {
  std::string cleaned;    // every block
  std::string forwarded;  // what the client gets
  std::string kinds;      // one character for each step
  std::optional<Usage> usage;
  bool whole = false;
  bool failed = false;
  bool content = false;
  std::int64_t text_bytes = 0;
  friend bool operator==(const Played&, const Played&) = default;
};

void drain(SseFramer& framer, StreamReader& reader, Played& played) {
  SseEvent event;
  while (framer.next(event)) {
    StreamStep step = reader.read(event);
    played.cleaned += event.block;
    if (step.forward) played.forwarded += event.block;
    played.kinds += static_cast<char>('0' + static_cast<int>(step.kind));
  }
}

// `next_size` says how large the next chunk is.
Played play(const Recording& recording, UsageAsked asked, const std::function<std::size_t()>& next_size) {
  std::string_view bytes = recording.body;
  SseFramer framer;
  StreamReader reader(asked, quirks_of(recording.api));
  Played played;
  while (!bytes.empty()) {
    std::string chunk(bytes.substr(0, next_size()));
    bytes.remove_prefix(chunk.size());
    framer.feed(chunk);
    drain(framer, reader, played);
  }
  framer.finish();
  drain(framer, reader, played);
  played.usage = reader.usage();
  played.whole = reader.whole();
  played.failed = reader.error().has_value();
  played.content = reader.content_came();
  played.text_bytes = reader.text_bytes();
  return played;
}

// The stream cleaned in the plainest way: no CR, no comment lines, one blank line after each event.
std::string plainly_cleaned(std::string text) {
  for (std::size_t at; (at = text.find("\r\n")) != std::string::npos;) text.erase(at, 1);
  std::string out, block;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    at = end + 1;
    if (line.starts_with(':')) continue;
    if (!line.empty()) {
      block += line + "\n";
    } else if (!block.empty()) {
      out += block + "\n";
      block.clear();
    }
  }
  return block.empty() ? out : out + block + "\n";
}

// The last usage that any chunk before an error told.
std::optional<Usage> last_usage(const std::string& cleaned, const std::string& api) {
  std::optional<Usage> usage;
  for (std::size_t at = 0; at < cleaned.size();) {
    std::size_t end = cleaned.find('\n', at);
    std::string line = cleaned.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with("data:")) continue;
    auto chunk = json::Document::parse(line.substr(5), {.refuse_duplicates = false});
    if (!chunk) continue;
    if (chunk->root()["error"].is(json::Kind::object)) return usage;
    if (auto told = mapped(usage_node(chunk->root()), api)) usage = told;
  }
  return usage;
}

// Streams that are no whole answers, by design of the wire or of the recording.
bool is_no_openai_stream(const Recording& recording) {
  return recording.api == "writer.completions";
}  // {"value": "…"}

TEST(RecordedStreams, GiveTheSameInAnyChunksAndTheProvidersUsage) {
  TG_SHARED_OR_SKIP(folder, "recordings");
  std::mt19937 random(20261122);
  std::size_t streams = 0, failed = 0, with_usage = 0;
  visit_all(folder, [&](const Recording& recording) {
    if (recording.framing != "sse" || (recording.status != 200 && recording.status != 0)) return;
    SCOPED_TRACE(recording.id + " " + recording.api);
    auto whole_size = [&] { return recording.body.size(); };
    Played whole = play(recording, UsageAsked::yes, whole_size);
    EXPECT_EQ(whole.cleaned, plainly_cleaned(recording.body));
    EXPECT_EQ(play(recording, UsageAsked::yes, [] { return std::size_t{1}; }), whole);
    for (int round = 0; round < 3; ++round) {
      EXPECT_EQ(play(recording, UsageAsked::yes, [&] { return random() % 97 + 1; }), whole);
    }
    auto buckets = whole.usage;
    if (buckets) buckets->beside = {};
    EXPECT_EQ(buckets, last_usage(whole.cleaned, recording.api));
    Played hidden = play(recording, UsageAsked::no, whole_size);
    EXPECT_EQ(hidden.usage, whole.usage);
    if (!is_no_openai_stream(recording)) {
      EXPECT_NE(whole.whole, whole.failed);
      EXPECT_TRUE(whole.failed || whole.forwarded == whole.cleaned);
    }
    ++streams;
    failed += whole.failed;
    with_usage += whole.usage.has_value();
  });
  EXPECT_GE(streams, 600u);
  EXPECT_EQ(failed, 9u);  // groq 3, openai 5, gpustack 1
  EXPECT_GE(with_usage, 500u);
}

}  // namespace
}  // namespace tollgate::recordings
