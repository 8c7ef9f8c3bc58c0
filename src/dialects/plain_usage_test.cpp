#include "dialects/plain_usage.h"

#include <gtest/gtest.h>

#include "dialects/audio_length.h"
#include "json/scan.h"

namespace tollgate {
namespace {

std::optional<Usage> plain(std::string_view text) { return read_plain_usage(json::scan(text).value()); }

TEST(PlainUsage, TellsPicturesAndAudioFromText) {
  Usage picture{.input = {50}, .output = {1290}};
  picture.beside.image_input = {40};
  picture.beside.image_output = {1290};
  EXPECT_EQ(plain(R"({"data":[],"usage":{"input_tokens":50,"input_tokens_details":{"text_tokens":10,"image_tokens":40},"output_tokens":1290,
                      "output_tokens_details":{"image_tokens":1290,"text_tokens":0}}})"),
            picture);
  Usage heard{.input = {10}, .audio_input = {4}, .output = {45}};
  EXPECT_EQ(plain(R"({"text":"x","usage":{"type":"tokens","input_tokens":14,"input_token_details":{"text_tokens":10,"audio_tokens":4},"output_tokens":45}})"),
            heard);
}

TEST(PlainUsage, ReadsTheLengthOfAudio) {
  for (auto text : {R"({"text":"x","usage":{"type":"duration","seconds":9}})", R"({"text":"x","duration":9,"usage":{"type":"duration","seconds":9}})",
                    R"({"text":"x","duration":9.0})", R"({"text":"x","duration":"9"})"})
    EXPECT_EQ(plain(text).value_or(Usage{}).beside.audio_ms, 9'000) << text;
  EXPECT_EQ(plain(R"({"text":"x","duration":8.470000267})")->beside.audio_ms, 8'471);
  for (auto text : {R"({"text":"x"})", R"({"text":"x","duration":-1})", R"({"text":"x","duration":1e99})", R"({"text":"x","usage":{"seconds":null}})"})
    EXPECT_FALSE(plain(text)) << text;
}

TEST(PlainUsage, CountsPages) {
  EXPECT_EQ(plain(R"({"pages":[{"index":0}],"model":"m","usage_info":{"pages_processed":17,"doc_size_bytes":1}})")->beside.pages, 17);
  EXPECT_FALSE(plain(R"({"usage_info":{"pages_processed":-1}})"));
}

TEST(PlainUsage, LeavesAnswersWithMessagesAlone) {
  EXPECT_FALSE(plain(R"({"content":[],"usage":{"input_tokens":5,"output_tokens":9}})"));
  EXPECT_FALSE(plain(R"({"choices":[],"duration":9})"));
}

TEST(PlainUsage, ReadsMistralsSecondsBesideItsTokens) {
  auto usage = read_reported_usage(json::scan(R"({"text":"x","usage":{"prompt_audio_seconds":203,"prompt_tokens":4,"completion_tokens":635,"total_tokens":3264}})").value());
  ASSERT_TRUE(usage);
  EXPECT_EQ(usage->beside.audio_ms, 203'000);
  EXPECT_EQ(usage->output.count, 635);
}

TEST(SecondsAsText, AreRoundedUpToMilliseconds) {
  EXPECT_EQ(ms_of_seconds("1"), 1'000);
  EXPECT_EQ(ms_of_seconds("1.5"), 1'500);
  EXPECT_EQ(ms_of_seconds("0.0005"), 1);
  EXPECT_EQ(ms_of_seconds("2.1230000"), 2'123);
  for (auto text : {"", ".5", "-1", "1e3", "1.5x", "99999999999"}) EXPECT_FALSE(ms_of_seconds(text)) << text;
}

// A WAV file's head: format, channels, rate, and so on, with little-endian numbers.
std::string wav(std::uint16_t format, std::uint32_t rate, std::uint16_t frame, std::size_t size) {
  auto number = [](std::uint32_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
    return out;
  };
  std::string out = "RIFF" + number(0, 4) + "WAVEfmt " + number(16, 4) + number(format, 2) + number(1, 2) + number(rate, 4) + number(rate * frame, 4) +
                    number(frame, 2) + number(16, 2) + "data";
  out.resize(size);
  return out;
}

TEST(AudioLengthOf, PlainWavIsExactAndOfOtherFilesBounded) {
  AudioLength exact = audio_length(wav(1, 16'000, 2, 320'000));
  EXPECT_EQ(exact.likely_ms, 10'000);
  EXPECT_EQ(exact.most_ms, 10'000);
  for (const auto& other : {std::string(75'000, 'x'), wav(85, 16'000, 2, 75'000), wav(1, 1, 1, 75'000), wav(1, 16'000, 0, 75'000)}) {
    EXPECT_EQ(audio_length(other).most_ms, 100'000);
    EXPECT_LT(audio_length(other).likely_ms, 100'000);
  }
  EXPECT_EQ(audio_length("").most_ms, 0);
}

}  // namespace
}  // namespace tollgate
