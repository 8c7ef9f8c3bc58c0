// The shared sets of bad inputs: every text in a buffer of exactly its own size, so that a sanitizer sees a byte read
// beyond it.

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/text.h"
#include "json/document.h"
#include "json/scan.h"
#include "json/data_for_test.h"
#include "json/write.h"

namespace tollgate::json {
namespace {

class Exact {
 public:
  explicit Exact(std::string_view text) : size_(text.size()), bytes_(new char[text.size()]) {
    std::copy(text.begin(), text.end(), bytes_.get());
  }
  std::string_view text() const { return {bytes_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<char[]> bytes_;
};

bool accepted(std::string_view text) {
  Exact exact(text);
  bool scanned = scan(exact.text()).has_value();
  EXPECT_EQ(Document::parse(exact.text()).has_value(), scanned) << "the two readers differ";
  return scanned;
}

// What RFC 8259 leaves to the parser. docs/decisions/json-strictness.md has the reasons.
const std::map<std::string, bool> decided = {
    {"i_number_double_huge_neg_exp.json", false},              // a parser may read 0
    {"i_number_huge_exp.json", false},                         // infinity
    {"i_number_neg_int_huge_exp.json", false},                 // infinity
    {"i_number_pos_double_huge_exp.json", false},              // infinity
    {"i_number_too_big_pos_int.json", true},                   // schemas hold such bounds; the bytes pass as they are
    {"i_string_1st_surrogate_but_2nd_missing.json", false},    // lone surrogates
    {"i_string_1st_valid_surrogate_2nd_invalid.json", false},
    {"i_string_incomplete_surrogate_pair.json", false},
    {"i_string_invalid_lonely_surrogate.json", false},
    {"i_string_invalid_surrogate.json", false},
    {"i_string_inverted_surrogates_U+1D11E.json", false},
    {"i_string_lone_second_surrogate.json", false},
    {"i_string_UTF-16LE_with_BOM.json", false},                // not UTF-8
    {"i_string_utf16BE_no_BOM.json", false},
    {"i_string_not_in_unicode_range.json", false},
    {"i_string_overlong_sequence_2_bytes.json", false},
    {"i_string_overlong_sequence_6_bytes.json", false},
    {"i_string_overlong_sequence_6_bytes_null.json", false},
};

TEST(JsonTestSuite, IsDecidedAsWritten) {
  TG_SHARED_OR_SKIP(folder, "badinput/jsontestsuite/test_parsing");
  std::size_t seen = 0;
  for (const auto& path : test::files_in(folder)) {
    std::string name = path.filename();
    if (!name.ends_with(".json")) continue;
    bool expected = name.starts_with("y_");
    if (name.starts_with("i_")) {
      ASSERT_TRUE(decided.contains(name)) << name << " has no decision";
      expected = decided.at(name);
    }
    EXPECT_EQ(accepted(test::file_text(path)), expected) << name;
    ++seen;
  }
  EXPECT_GT(seen, 150u);
}

TEST(JsonTestSuite, TextsThatParsersChangeAreKeptOrRefused) {
  TG_SHARED_OR_SKIP(folder, "badinput/jsontestsuite/test_transform");
  const std::set<std::string> refused = {
      "object_same_key_different_values.json", "object_same_key_same_value.json",
      "string_1_escaped_invalid_codepoint.json", "string_2_escaped_invalid_codepoints.json",
      "string_2_invalid_codepoints.json"};
  for (const auto& path : test::files_in(folder)) {
    std::string name = path.filename();
    EXPECT_EQ(accepted(test::file_text(path)), !refused.contains(name)) << name;
  }
}

TEST(Utf8Cases, AreTakenInStringsWhenValidAndOnlyThen) {
  TG_SHARED_OR_SKIP(file, "badinput/utf8/cases.jsonl");
  for (const auto& line : test::file_lines(file)) {
    auto document = Document::parse(line);
    ASSERT_TRUE(document);
    Node test_case = document->root();
    std::string bytes = *unhex(*test_case["hex"].string());
    bool expected = *test_case["valid"].boolean();
    std::string json;
    append_quoted(json, bytes);
    // The bytes themselves; only controls, quotes and backslashes must be escaped, and the set has few of those.
    bool needs_escape = bytes.find_first_of("\"\\") != std::string::npos ||
                        std::any_of(bytes.begin(), bytes.end(), [](char c) { return c >= 0 && c < 0x20; });
    for (const auto& [before, behind] : {std::pair{"\"", "\""}, {"[\"0123456789abcd", "x\"]"}, {"{\"", "\":1}"}})
      if (!needs_escape) {
        EXPECT_EQ(accepted(before + bytes + behind), expected) << line;
      }
    ASSERT_TRUE(accepted(json)) << line;
    std::string shown = expected ? bytes : *unhex(*test_case["replaced_hex"].string());
    EXPECT_EQ(scan(json)->string(), shown) << line;
  }
}

TEST(ChatBodies, ThatAreNoObjectOrRepeatAKeyAreRefusedAndGoodOnesTaken) {
  TG_SHARED_OR_SKIP(file, "badinput/chat-bodies/bodies.jsonl");
  std::size_t refused = 0, taken = 0;
  for (const auto& line : test::file_lines(file)) {
    auto document = Document::parse(line);
    ASSERT_TRUE(document);
    Node test_case = document->root();
    auto encoded = test_case["body_b64"].string();  // the largest are compressed instead
    if (!encoded) continue;
    std::string_view id = *test_case["id"].string();
    bool is_bad = id.find("-json") != id.npos || id.find("-dup-") != id.npos;
    if (!is_bad && test_case["status"].integer() != 200) continue;
    std::size_t members = 0;
    Exact body(test::from_base64(*encoded));
    EXPECT_EQ(scan_object(body.text(), {}, {}, members).has_value(), !is_bad) << line;
    (is_bad ? refused : taken) += 1;
  }
  EXPECT_GT(refused, 50u);
  EXPECT_GT(taken, 5u);
}

}  // namespace
}  // namespace tollgate::json
