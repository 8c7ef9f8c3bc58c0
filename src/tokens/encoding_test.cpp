#include "tokens/encoding.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <string>

#include "tokens/merging.h"
#include "tokens/samples_for_test.h"

namespace tollgate {
namespace {

struct Golden {
  std::string text;
  std::array<std::vector<std::uint32_t>, encoding_count> ids;
};

std::vector<std::uint32_t> numbers(std::string_view list) {
  std::vector<std::uint32_t> found;
  for (std::size_t end; !list.empty(); list.remove_prefix(std::min(list.size(), end + 1))) {
    end = std::min(list.find(','), list.size());
    found.push_back(static_cast<std::uint32_t>(std::stoul(std::string(list.substr(0, end)))));
  }
  return found;
}

Golden golden(std::string_view line) {
  Golden found;
  std::size_t end = line.find('\t');
  for (std::size_t i = 0; i < end; i += 2) found.text += static_cast<char>(std::stoi(std::string(line.substr(i, 2)), nullptr, 16));
  for (auto& ids : found.ids) {
    line.remove_prefix(end + 1);
    end = std::min(line.find('\t'), line.size());
    ids = numbers(line.substr(0, end));
  }
  return found;
}

std::vector<Golden> all_golden() {
  std::ifstream file(TOLLGATE_SOURCE_DIR "/src/tokens/golden.txt");
  std::vector<Golden> all;
  for (std::string line; std::getline(file, line);) all.push_back(golden(line));
  return all;
}

const Encoding& encoding(std::size_t number) { return Encoding::of(static_cast<EncodingId>(number)); }

TEST(Encoding, GivesTheIdsOfTiktoken) {
  auto all = all_golden();
  EXPECT_GT(all.size(), 60u);
  for (const Golden& one : all)
    for (std::size_t i = 0; i < encoding_count; ++i) EXPECT_EQ(encoding(i).encode(one.text), one.ids[i]) << encoding(i).name() << ": " << one.text;
}

TEST(Encoding, CountsAsManyAsItGives) {
  for (const Golden& one : all_golden())
    for (std::size_t i = 0; i < encoding_count; ++i) EXPECT_EQ(encoding(i).count(one.text), static_cast<std::int64_t>(one.ids[i].size())) << one.text;
}

// Pieces stand at every distance from the end, where texts are read from a copy.
TEST(Encoding, CountsTheSameWhereverAWordStands) {
  const Encoding& o200k = Encoding::o200k_base();
  for (std::size_t size = 0; size < 200; ++size) {
    std::string text = sample_text(size).substr(0, size);
    EXPECT_EQ(o200k.count(text), static_cast<std::int64_t>(o200k.encode(text).size())) << size;
  }
}

TEST(Encoding, CountsTheSameAgain) {
  std::string text = sample_text(3);
  auto first = Encoding::o200k_base().count(text);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Encoding::o200k_base().count(text), first);
}

TEST(Encoding, CountsWhatIsNoUtf8AsReplacementCharacters) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"a\xFFz", "a\uFFFDz"}, {"\xC3", "\uFFFD"}, {"\xE4\xB8", "\uFFFD"}, {"\xE4\xB8 x", "\uFFFD x"}, {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"}, {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
      {"\xF0\x9F\x98", "\uFFFD"}, {"\xC0\xAF", "\uFFFD\uFFFD"}, {"word \x80\x80\x80 word", "word \uFFFD\uFFFD\uFFFD word"}};
  for (auto [bytes, replaced] : cases) EXPECT_EQ(Encoding::o200k_base().count(bytes), Encoding::o200k_base().count(replaced)) << replaced;
}

TEST(Encoding, CountsLongTextsThatAreNoUtf8) {
  std::string bytes, replaced;
  for (int i = 0; i < 20'000; ++i) {
    bytes += i % 7 == 0 ? " word\xFF" : "\xE4\xB8";
    replaced += i % 7 == 0 ? " word\uFFFD" : "\uFFFD";
  }
  EXPECT_EQ(Encoding::o200k_base().count(bytes), Encoding::o200k_base().count(replaced));
  EXPECT_EQ(Encoding::cl100k_base().count(std::string(100'000, '\xFF')), Encoding::cl100k_base().count(repeated("\uFFFD", 100'000)));
}

TEST(Encoding, CountsTheInsideOfJsonStringsAsTheTextThatTheyMean) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"(plain)", "plain"}, {R"(a\nb\tc\r\n)", "a\nb\tc\r\n"}, {R"(say \"hi\" \\ \/)", "say \"hi\" \\ /"}, {R"(\u0048\u0065llo)", "Hello"}, {R"(\u4f60\u597D)", "你好"},
      {R"(\uD83D\uDE00!)", "😀!"}, {R"(\uD83D!)", "\uFFFD!"}, {R"(\uDE00\uD83D)", "\uFFFD\uFFFD"}, {R"(\ud83d\n)", "\uFFFD\n"}, {R"(\b\f)", "\b\f"}, {R"(don\u0027t)", "don't"}};
  for (auto [raw, text] : cases)
    for (std::size_t i = 0; i < encoding_count; ++i) EXPECT_EQ(encoding(i).count_json(raw), encoding(i).count(text)) << raw;
}

TEST(Encoding, LeavesBrokenEscapesAsTheyStand) {
  EXPECT_EQ(Encoding::o200k_base().count_json(R"(a\x b\u12 c\)"), Encoding::o200k_base().count(R"(a\x b\u12 c\)"));
}

TEST(Encoding, CountsLongJsonStrings) {
  for (std::size_t seed = 0; seed < 40; ++seed) {
    std::string text;
    while (text.size() < 100'000) text += sample_text(seed += 100);
    for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(encoding(i).count_json(escaped(text)), encoding(i).count(text)) << seed;
  }
  std::string word = repeated("\n", 200'000);
  EXPECT_EQ(Encoding::o200k_base().count_json(escaped(word)), Encoding::o200k_base().count(word));
}

// Merging by the book: of all neighbours that are a token together, those with the smallest id first, from the left.
std::vector<std::uint32_t> merged_by_the_book(const Encoding& encoding, std::string_view piece) {
  std::vector<std::string> parts;
  for (char c : piece) parts.emplace_back(1, c);
  auto id_of = [&](std::string_view bytes) {
    Trie::Step step{encoding.vocabulary().trie().root(), Trie::no_value};
    for (char c : bytes)
      if (!encoding.vocabulary().trie().step(step.base, static_cast<unsigned char>(c), step)) return Trie::no_value;
    return step.value;
  };
  for (;;) {
    std::size_t best = parts.size();
    std::uint32_t best_id = Trie::no_value;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i)
      if (std::uint32_t id = id_of(parts[i] + parts[i + 1]); id < best_id) best_id = id, best = i;
    if (best == parts.size()) break;
    parts[best] += parts[best + 1];
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  }
  std::vector<std::uint32_t> ids;
  for (const std::string& part : parts) ids.push_back(id_of(part));
  return ids;
}

TEST(Merging, MakesWhatMergingByTheBookMakes) {
  for (std::size_t seed = 0; seed < 400; ++seed) {
    std::string piece = random_bytes(seed, seed % 70);
    if (piece.empty()) continue;
    for (std::size_t i = 0; i < encoding_count; ++i) {
      auto wanted = merged_by_the_book(encoding(i), piece);
      EXPECT_EQ(merged(encoding(i).vocabulary(), piece), wanted) << seed;
      EXPECT_EQ(merged_count(encoding(i).vocabulary(), piece), static_cast<std::int64_t>(wanted.size())) << seed;
    }
  }
}

TEST(Merging, NeedsOnlyItsWindowForPiecesOfAnyLength) {
  for (std::string_view unit : {"a", "_", " ", "ab", "abc", "的", "我们的人民", "😀", "=-", "\n", "\t ", "aab", "hahaha", "ACGT", "ﷺ", "x\u0301"}) {
    std::string piece = repeated(unit, 40'000);
    const Vocabulary& vocabulary = Encoding::o200k_base().vocabulary();
    std::array<std::uint32_t, Merging::window_min> ids;
    std::array<std::uint64_t, Merging::window_min / 64> open;
    Merging small(vocabulary, piece, ids, open);
    while (!small.ended()) small.run(1);
    EXPECT_FALSE(small.stuck()) << unit;
    EXPECT_EQ(small.count(), static_cast<std::int64_t>(merged(vocabulary, piece).size())) << unit;
    EXPECT_EQ(merged_count(vocabulary, piece), small.count()) << unit;
  }
}

TEST(Vocabulary, RefusesWhatIsNoFileOfTokens) {
  EXPECT_FALSE(Vocabulary::read("", 10));
  EXPECT_FALSE(Vocabulary::read("TGTOKS01", 10));
  EXPECT_FALSE(Vocabulary::read(std::string("TGTOKS01\x02\0\0\0\x02\0\0\0", 16), 10));
}

}  // namespace
}  // namespace tollgate
