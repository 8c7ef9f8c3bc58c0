#include "tokens/tokenizer_file.h"

#include <gtest/gtest.h>

#include "tokens/model_tokenizers.h"
#include "tokens/tokenizer_file_for_test.h"

namespace tollgate {
namespace {

std::int64_t tokens(std::string_view file, std::string_view text) {
  auto read = TokenizerFile::read(file);
  EXPECT_TRUE(read) << read.error().detail;
  return read ? (*read)->count(text).tokens : -1;
}

std::string fault_of(std::string_view file) {
  auto read = TokenizerFile::read(file);
  return read ? "none" : read.error().detail;
}

// A file whose parts are these, around a vocabulary of a and b.
std::string file_with(std::string_view parts, std::string_view model_parts = {}) {
  return "{" + std::string(parts) + R"("model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2," ":3},"merges":["a b"])" + std::string(model_parts) + "}}";
}

TEST(TokenizerFile, MergesBytesByRank) {
  EXPECT_EQ(tokens(tiny_byte_level, "hello world"), 2);
  EXPECT_EQ(tokens(tiny_byte_level, "hell or"), 1 + 2);
  EXPECT_EQ(tokens(tiny_byte_level, ""), 0);
}

TEST(TokenizerFile, DropsCharactersThatTheVocabularyLacksWhereNothingStandsForThem) { EXPECT_EQ(tokens(tiny_byte_level, "hello!"), 1); }

TEST(TokenizerFile, NamesOfSpecialTokensAreOrdinaryTextAndOtherAddedTokensAreOne) {
  EXPECT_EQ(tokens(tiny_byte_level, "<|end|>"), 7);
  EXPECT_EQ(tokens(tiny_byte_level, "<tool>"), 1);
  EXPECT_EQ(tokens(tiny_byte_level, "hello<tool>hello"), 3);
}

TEST(TokenizerFile, WritesSpacesAsTheirSignAndUnknownCharactersAsBytes) {
  EXPECT_EQ(tokens(tiny_metaspace(), "ab ab"), 2);
  EXPECT_EQ(tokens(tiny_metaspace(), "é"), 1 + 2);
  EXPECT_EQ(tokens(tiny_metaspace("false"), "éé"), 1 + 1) << "unknown neighbours are one token";
}

TEST(TokenizerFile, TakesTheLikeliestWayOfAUnigram) {
  EXPECT_EQ(tokens(tiny_unigram, "ab"), 1);
  EXPECT_EQ(tokens(tiny_unigram, "aabab"), 2) << "▁a abab";
  EXPECT_EQ(tokens(tiny_unigram, "cd"), 2) << "▁ and the unknown ones together";
  EXPECT_EQ(tokens(tiny_unigram, "ａｂ"), 1) << "NFKC";
}

TEST(TokenizerFile, CountsInsideJsonWhatItMeans) {
  auto read = TokenizerFile::read(tiny_byte_level);
  ASSERT_TRUE(read);
  EXPECT_EQ((*read)->count_json(R"(hello\u0020world)").tokens, 2);
}

TEST(TokenizerFile, SaysWhenAWordIsCountedInParts) {
  auto read = TokenizerFile::read(R"({"model":{"type":"BPE","vocab":{"a":0,"aa":1,"b":2},"merges":["a a"]}})");
  ASSERT_TRUE(read);
  const std::string most(FileBpe::stretch_max - 1, 'a');
  EXPECT_TRUE((*read)->count(most).exact);
  EXPECT_EQ((*read)->count(most).tokens, static_cast<std::int64_t>(most.size() / 2 + 1));
  EXPECT_TRUE((*read)->count(most + "b" + most).exact) << "nothing is merged across b: it is cut there";
  EXPECT_FALSE((*read)->count(most + "aa").exact);
}

TEST(TokenizerFile, RefusesWhatItDoesNotKnowByName) {
  EXPECT_NE(fault_of("[]").find("model: is missing"), std::string::npos);
  EXPECT_NE(fault_of("{").find("is no JSON"), std::string::npos);
  EXPECT_NE(fault_of(R"({"model":{"type":"WordPiece"}})").find("'WordPiece' is not known"), std::string::npos);
  EXPECT_NE(fault_of(file_with(R"("normalizer":{"type":"Precompiled"},)")).find("normalizer: 'Precompiled'"), std::string::npos);
  EXPECT_NE(fault_of(file_with(R"("pre_tokenizer":{"type":"BertPreTokenizer"},)")).find("pre_tokenizer: 'BertPreTokenizer'"), std::string::npos);
  EXPECT_NE(fault_of(file_with("", R"(,"end_of_word_suffix":"</w>")")).find("model.end_of_word_suffix"), std::string::npos);
  EXPECT_NE(fault_of(file_with("", R"(,"dropout":0.1)")).find("model.dropout"), std::string::npos);
  EXPECT_NE(fault_of(R"({"model":{"type":"BPE","vocab":{"a":0},"merges":["a b"]}})").find("model.merges[0]"), std::string::npos);
  EXPECT_NE(fault_of(R"({"model":{"type":"Unigram","vocab":[["a",-1]]}})").find("model.unk_id"), std::string::npos);
  EXPECT_NE(fault_of(file_with(R"("added_tokens":[{"content":"x","special":false,"lstrip":true}],)")).find("added_tokens: 'x'"), std::string::npos);
}

TEST(TokenizerFile, PatternsMeanWhatOnigurumaReads) {
  EXPECT_EQ(pcre2_of(R"(\s+(?!\S)|[^\s\p{L}])").value_or(""), R"(\p{White_Space}+(?!\P{White_Space})|[^\p{White_Space}\p{L}])");
  for (std::string_view refused : {"^a", "a$", "[a[b]]", "[a&&b]", R"(\h)", "(?<name>a)", "a{2}+", R"(\b)", "[a"}) EXPECT_FALSE(pcre2_of(refused)) << refused;
}

TEST(TokenizerFile, SplitsAsTheBehaviorSays) {
  auto pieces = [](std::string_view behavior) {
    std::string file = R"("pre_tokenizer":{"type":"Split","pattern":{"String":" "},"behavior":")" + std::string(behavior) + "\"},";
    return tokens(file_with(file), "ab  ab");
  };
  EXPECT_EQ(pieces("Removed"), 2);
  EXPECT_EQ(pieces("Isolated"), 4);
  EXPECT_EQ(pieces("MergedWithPrevious"), 4);
  EXPECT_EQ(pieces("MergedWithNext"), 4);
}

TEST(ModelTokenizers, TheLongestPatternWins) {
  auto all = TokenizerFile::read(file_with("")).value(), llama = TokenizerFile::read(file_with("")).value(), one = TokenizerFile::read(file_with("")).value();
  ModelTokenizers tokenizers({{"*", all}, {"llama-*", llama}, {"llama-3", one}});
  EXPECT_EQ(tokenizers.find("llama-3"), one);
  EXPECT_EQ(tokenizers.find("llama-3.3"), llama);
  EXPECT_EQ(tokenizers.find("qwen"), all);
  EXPECT_EQ(ModelTokenizers({{"llama-*", llama}}).find("qwen"), nullptr);
}

}  // namespace
}  // namespace tollgate
