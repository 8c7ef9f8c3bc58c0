#include "config/yaml.h"

#include <gtest/gtest.h>

namespace tollgate::config {
namespace {

// The only fault of a text as `LINE:COL what`.
std::string fault_of(std::string_view text) {
  Faults faults("f");
  if (parse_yaml(text, faults)) return "accepted";
  auto found = faults.take();
  if (found.size() != 1) return "no single fault";
  return std::to_string(found[0].place.line) + ":" + std::to_string(found[0].place.column) + " " + found[0].what;
}

Node tree_of(std::string_view text) {
  Faults faults("f");
  auto root = parse_yaml(text, faults);
  EXPECT_TRUE(root) << text;
  return root.value_or(Node{});
}

TEST(Yaml, KeepsTextAsText) {
  Node root = tree_of("a: 010\nb: no\nc: 1e3\nd: 'x'\ne: ~\n");
  EXPECT_EQ(root.find("a")->text, "010");
  EXPECT_EQ(root.find("b")->text, "no");
  EXPECT_EQ(root.find("c")->text, "1e3");
  EXPECT_TRUE(root.find("d")->quoted);
  EXPECT_EQ(root.find("e")->kind, Node::Kind::null);
}

TEST(Yaml, KnowsThePlaceOfEachValue) {
  Node root = tree_of("a:\n  b: [x, { c: y }]\n");
  Place place = place_of(root, {"a", "b", std::size_t{1}, "c"});
  EXPECT_EQ(place.line, 2);
  EXPECT_EQ(place.column, 15);
  EXPECT_EQ(to_text({"a", "b", std::size_t{1}, "c"}), "a.b[1].c");
}

TEST(Yaml, CountsColumnsInCharacters) {
  Node root = tree_of("a: { \"ü\": x }\n");
  EXPECT_EQ(place_of(root, {"a", "ü"}).column, 11);
}

TEST(Yaml, FindsThePlaceOfWhatIsNotWrittenAtItsParent) {
  Node root = tree_of("x: 1\na:\n  b: 2\n");
  EXPECT_EQ(place_of(root, {"a", "c", "d"}).line, 2);
}

TEST(Yaml, TakesALoneValueForAListOfOne) {
  Node root = tree_of("a: x\n");
  EXPECT_EQ(find(root, {"a", std::size_t{0}})->text, "x");
  EXPECT_EQ(find(root, {"a", std::size_t{1}}), nullptr);
}

TEST(Yaml, RefusesWhatHidesMeaning) {
  EXPECT_EQ(fault_of("a: &x 1\nb: *x\n").substr(0, 11), "1:4 anchors");
  EXPECT_EQ(fault_of("b: *x\n").substr(0, 11), "1:4 aliases");
  EXPECT_EQ(fault_of("a: !!int 3\n").substr(0, 8), "1:4 tags");
  EXPECT_EQ(fault_of("<<: {a: 1}\n").substr(0, 14), "1:1 merge keys");
  EXPECT_EQ(fault_of("a: 1\n---\nb: 2\n").substr(0, 21), "2:1 a second document");
  EXPECT_EQ(fault_of("a: 1\nb: 2\na: 3\n"), "3:1 `a` is written twice; the first is in line 1");
  EXPECT_EQ(fault_of("? [a, b]\n: 1\n"), "1:3 a name must be plain text");
  EXPECT_EQ(fault_of("~: 1\n"), "1:1 a name is missing before the colon");
}

TEST(Yaml, RefusesFilesWithoutSettings) {
  for (auto text : {"", " \n", "# nothing\n", "---\n", "--- ~\n", "null\n"})
    EXPECT_EQ(fault_of(text), "1:1 the file has no settings; write `{}` to run on defaults") << text;
  EXPECT_EQ(fault_of("- a\n").substr(0, 24), "1:1 the file must be a m");
  EXPECT_EQ(fault_of("hello\n").substr(0, 24), "1:1 the file must be a m");
  EXPECT_EQ(fault_of("{}"), "accepted");
}

TEST(Yaml, NamesThePlaceOfBrokenSyntax) {
  EXPECT_EQ(fault_of("a:\n\tb: 1\n"), "2:1 a tab may not indent YAML; use blanks");
  EXPECT_EQ(fault_of("a: [1, 2\nb: 3\n").substr(0, 4), "2:2 ");
  EXPECT_EQ(fault_of("a: 'x\n").substr(0, 3), "2:1");
  EXPECT_EQ(fault_of("a: 1\n b: 2\n").substr(0, 3), "2:3");
  EXPECT_EQ(fault_of("a: 1\nb: \xff\n").substr(0, 25), "2:4 this is no YAML text:");
  EXPECT_EQ(fault_of(std::string_view("a: 1\nb: \0\n", 10)).substr(0, 3), "2:4");
}

TEST(Yaml, BoundsDepthNumberAndSize) {
  std::string deep;
  for (int i = 0; i <= max_depth; ++i) deep += "{a: ";
  EXPECT_EQ(
      fault_of(deep + "1" + std::string(max_depth + 1, '}')).find("nested deeper than 32 levels") != std::string::npos,
      true);
  std::string many = "a: [";
  for (std::size_t i = 0; i < max_nodes; ++i) many += "1,";
  EXPECT_NE(fault_of(many + "1]").find("more than 1000000 values"), std::string::npos);
  EXPECT_EQ(fault_of(std::string(max_file_bytes + 1, ' ')), "1:1 the file is larger than 10 MiB");
}

TEST(Yaml, EveryBeginningOfAFileIsReadOrRefusedWithAPlace) {
  std::string_view text = "a:\n  - { b: 'c', d: [1, \"ü\"] }\n  - |\n    x\n? e\n: f\n";
  for (std::size_t length = 0; length <= text.size(); ++length) {
    Faults faults("f");
    bool read = parse_yaml(text.substr(0, length), faults).has_value();
    EXPECT_NE(read, faults.any_error()) << length;
  }
}

}  // namespace
}  // namespace tollgate::config
