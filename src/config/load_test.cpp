#include "config/load.h"

#include <gtest/gtest.h>

#include "config/reference.h"
#include "config/secrets.h"
#include "config/walk.h"
#include "config/yaml.h"

namespace tollgate::config {
namespace {

enum class Colour { red, green, blue };
std::span<const std::string_view> setting_names(Colour) {
  static constexpr std::string_view names[] = {"red", "green", "blue"};
  return names;
}

struct Leaf {
  int count = 1;
  std::string word = "x";
};
void describe(Fields& fields, Leaf& leaf) {
  fields.add("count", leaf.count, "How many.").range(0, 10);
  fields.add("word", leaf.word, "A word.").max_length(5).known_as({"text"});
}

// One field of every kind.
struct Tree {
  bool flag = false;
  std::int64_t number = 0;
  std::optional<int> threads{};
  Duration wait = seconds(1);
  Bytes size = kib(1);
  Percent share = percent(10);
  Money price = usd(1);
  SecretRef secret{};
  std::optional<WallTime> until{};
  Colour colour = Colour::red;
  std::string kind = "plain";
  std::vector<Duration> waits{seconds(1)};
  Leaf leaf{};
  std::optional<Leaf> maybe{};
  std::vector<Leaf> leaves{};
  Named<Leaf> named{};
  Named<std::vector<std::string>> tags{};
};
void describe(Fields& fields, Tree& tree) {
  fields.add("flag", tree.flag, "A flag.");
  fields.add("number", tree.number, "A number.").range(std::int64_t{-5}, std::int64_t{5'000'000'000});
  fields.add("threads", tree.threads, "Threads.").empty("auto").range(1, 4);
  fields.add("wait", tree.wait, "A wait.").range(milliseconds(1), seconds(60));
  fields.add("size", tree.size, "A size.").range(kib(1), mib(1));
  fields.add("share", tree.share, "A share.");
  fields.add("price", tree.price, "A price.").range(usd(0), usd(100));
  fields.add("secret", tree.secret, "A secret.").example("env:A");
  fields.add("until", tree.until, "A date.").example("2027-01-01");
  fields.add("colour", tree.colour, "A colour.").later_choices({"blue"});
  fields.add("kind", tree.kind, "A kind.").choices({"plain", "fancy"});
  fields.add("waits", tree.waits, "Waits.").not_empty().at_most(3);
  fields.add("leaf", tree.leaf, "A leaf.");
  fields.add("maybe", tree.maybe, "Perhaps a leaf.");
  fields.add("leaves", tree.leaves, "Leaves.");
  fields.add("named", tree.named, "Named leaves.").entry("first");
  fields.add_prefix("tags.", tree.tags, "Tags.").entry("env").example("dev");
  fields.later("soon", "Something to come.");
}

std::vector<std::string> faults_of(std::string_view text, Tree& tree, const LoadOptions& options = {}) {
  Faults faults("f");
  auto root = parse_yaml(text, faults);
  if (root) load(*root, tree, options, faults);
  std::vector<std::string> out;
  for (const auto& fault : faults.take()) out.push_back(to_string(fault));
  return out;
}

std::string only_fault(std::string_view text, const LoadOptions& options = {}) {
  Tree tree;
  auto faults = faults_of(text, tree, options);
  return faults.empty() ? "" : faults.size() == 1 ? faults[0] : "several: " + faults[0] + " | " + faults[1];
}

TEST(Load, ReadsEveryKind) {
  Tree tree;
  auto faults = faults_of(
      "flag: true\nnumber: -3\nthreads: 2\nwait: 250ms\nsize: 64KiB\nshare: 0.5%\nprice: 0.000000001\nsecret: env:A\n"
      "until: 2027-01-01\ncolour: green\nkind: fancy\nwaits: [1s, 2s]\nleaf: { count: 3 }\nmaybe: {}\n"
      "leaves: [ { count: 4 }, { word: y } ]\nnamed: { b: { count: 5 }, a: {} }\ntags.env: [dev, prod]\n",
      tree);
  ASSERT_EQ(faults, std::vector<std::string>{});
  EXPECT_TRUE(tree.flag);
  EXPECT_EQ(tree.number, -3);
  EXPECT_EQ(tree.threads, 2);
  EXPECT_EQ(tree.wait, milliseconds(250));
  EXPECT_EQ(tree.size, kib(64));
  EXPECT_EQ(tree.share, Percent{50});
  EXPECT_EQ(tree.price, Money{1});
  EXPECT_EQ(tree.secret, SecretRef::env("A"));
  EXPECT_EQ(rfc3339(*tree.until), "2027-01-01T00:00:00.000Z");
  EXPECT_EQ(tree.colour, Colour::green);
  EXPECT_EQ(tree.waits, (std::vector<Duration>{seconds(1), seconds(2)}));
  EXPECT_EQ(tree.leaf.count, 3);
  EXPECT_TRUE(tree.maybe);
  EXPECT_EQ(tree.leaves.size(), 2u);
  EXPECT_EQ(tree.named.entries[0].name, "b");
  EXPECT_EQ(tree.named.find("b")->count, 5);
  EXPECT_EQ(*tree.tags.find("env"), (std::vector<std::string>{"dev", "prod"}));
}

TEST(Load, ReadsALoneValueAsAListOfOneAndAWordAsEmpty) {
  Tree tree;
  tree.threads = 3;
  EXPECT_TRUE(faults_of("waits: 5s\nthreads: auto\nleaves: { count: 2 }\n", tree).empty());
  EXPECT_EQ(tree.waits, std::vector<Duration>{seconds(5)});
  EXPECT_FALSE(tree.threads);
  EXPECT_EQ(tree.leaves[0].count, 2);
}

TEST(Load, AListReplacesItsDefault) {
  Tree tree;
  EXPECT_TRUE(faults_of("waits: [3s]\n", tree).empty());
  EXPECT_EQ(tree.waits.size(), 1u);
}

TEST(Load, NamesPlaceSettingAndWhatWasMeant) {
  EXPECT_EQ(only_fault("leaf:\n  cuont: 3\n"), "f:2:3: leaf: there is no setting `cuont`; did you mean `count`?");
  EXPECT_EQ(only_fault("leaf: { text: a }\n"), "f:1:9: leaf: there is no setting `text`; did you mean `word`?");
  EXPECT_EQ(only_fault("count: 3\n"), "f:1:1: there is no setting `count`; did you mean `leaf.count`?");
  EXPECT_EQ(only_fault("leaf: { colour: red }\n"), "f:1:9: leaf: there is no setting `colour`; did you mean `colour`?");
  EXPECT_EQ(only_fault("zzzzzz: 1\n"), "f:1:1: there is no setting `zzzzzz`");
  EXPECT_EQ(only_fault("tags: { a: b }\n"), "f:1:1: there is no setting `tags`; did you mean `tags.NAME`?");
  EXPECT_EQ(only_fault("soon: 1\n"), "f:1:1: `soon` is not yet available");
  EXPECT_EQ(only_fault("colour: blue\n"), "f:1:9: colour: `blue` is not yet available");
  EXPECT_EQ(only_fault("colour: gren\n"),
            "f:1:9: colour: this must be one of `red`, `green`, not `gren`; did you mean `green`?");
  EXPECT_EQ(only_fault("wait: 5 s\n"),
            "f:1:7: wait: this must be a duration such as 250ms, 5s, 10m, 1h or 7d, not `5 s`; did you mean `5s`?");
  EXPECT_EQ(only_fault("flag: yes\n"), "f:1:7: flag: this must be true or false, not `yes`; did you mean `true`?");
}

TEST(Load, RefusesValuesOfTheWrongShape) {
  for (auto text : {"flag: [true]\n",
                    "flag: 'true'\n",
                    "number: '3'\n",
                    "number: 3.0\n",
                    "number: 010\n",
                    "number: 0x10\n",
                    "number:\n",
                    "waits:\n",
                    "leaf: 3\n",
                    "leaf: [1]\n",
                    "named: [a]\n",
                    "named: x\n",
                    "named: { a: }\n",
                    "named: { a: 1 }\n",
                    "maybe:\n",
                    "waits: { a: 1s }\n",
                    "waits: []\n",
                    "waits: [[1s]]\n",
                    "waits: [1s, 2s, 3s, 4s]\n",
                    "waits: [1s, 1s]\n",
                    "named: { 'a b': {} }\n",
                    "tags.: x\n",
                    "wait: 0s\n",
                    "size: 2MiB\n",
                    "price: -1\n",
                    "price: 101\n",
                    "price: 1e1\n",
                    "price: 0.0000000001\n",
                    "threads: 5\n",
                    "leaf: { word: abcdef }\n",
                    "leaf: { word: '' }\n",
                    "until: 2027-02-30\n",
                    "kind: other\n"})
    EXPECT_EQ(only_fault(text).substr(0, 4), "f:1:") << text << " -> " << only_fault(text);
}

TEST(Load, CollectsAllFaultsInOrderOfPlace) {
  Tree tree;
  auto faults = faults_of("wait: x\nflag: y\nleaf: { count: 11 }\n", tree);
  ASSERT_EQ(faults.size(), 3u);
  EXPECT_EQ(faults[0].substr(0, 6), "f:1:7:");
  EXPECT_EQ(faults[2], "f:3:16: leaf.count: `11` is too large; the most is 10");
}

TEST(Load, StopsAtABoundOfFaults) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "unknown" + std::to_string(i) + ": 1\n";
  Tree tree;
  EXPECT_EQ(faults_of(text, tree).size(), max_faults);
}

TEST(Load, NeverRepeatsASecret) {
  std::string bare = only_fault("secret: sk-live-hidden\n");
  EXPECT_NE(bare.find("a secret does not stand in the file"), std::string::npos);
  EXPECT_EQ(bare.find("hidden"), std::string::npos);
  EXPECT_EQ(only_fault("secret: [sk-live-hidden]\n").find("hidden"), std::string::npos);
}

TEST(Load, UnderstandsOtherStylesOfReference) {
  for (auto text : {"secret: ${OPENAI_KEY}\n", "secret: $OPENAI_KEY\n", "secret: os.environ/OPENAI_KEY\n"})
    EXPECT_NE(only_fault(text).find("did you mean `env:OPENAI_KEY`?"), std::string::npos) << text;
}

TEST(Load, AcceptsAPlainSecretOnlyWhenAllowed) {
  Tree tree;
  EXPECT_TRUE(faults_of("secret: sk-123\n", tree, {.allow_plain_secrets = true}).empty());
  EXPECT_EQ(tree.secret.plain.reveal(), "sk-123");
}

TEST(Load, ReportsASecretThatCannotBeHad) {
  LoadOptions options{.secret_fault = [](const SecretRef& ref) { return std::optional("no " + ref.name); }};
  EXPECT_EQ(only_fault("secret: env:GONE\n", options), "f:1:9: secret: no GONE");
}

TEST(Secrets, AreTakenFromTheirSources) {
  SecretSources sources{.env = [](std::string_view name) { return std::optional("env-" + std::string(name)); },
                        .file = [](const std::string&) { return std::optional<std::string>("from-file\r\n"); }};
  EXPECT_EQ((*resolve(SecretRef::env("A"), sources))->reveal(), "env-A");
  EXPECT_EQ((*resolve(*parse_secret_ref("file:/x"), sources))->reveal(), "from-file");
  EXPECT_FALSE(resolve(*parse_secret_ref("vault:x"), sources)->has_value());
}

TEST(Secrets, MayBeADocumentThatIsExchanged) {
  std::string document = "{\n  \"type\": \"service_account\"\n}";
  SecretSources sources{.file = [&](const std::string&) { return std::optional(document + "\n"); }};
  auto found = resolve({.from = SecretRef::From::file, .name = "account.json"}, sources);
  ASSERT_TRUE(found.has_value() && found->has_value());
  EXPECT_EQ((*found)->reveal(), document);
}

TEST(Secrets, AreRefusedWhenNoHeaderCanCarryThem) {
  for (auto value : {"", "two words", "tab\there", "line\nbreak", "ü"}) {
    SecretSources sources{.env = [&](std::string_view) { return std::optional<std::string>(value); }};
    EXPECT_FALSE(resolve(SecretRef::env("A"), sources)) << value;
  }
  EXPECT_EQ(resolve(SecretRef::env("A"), {}).error(), "the environment variable A is not set");
}

TEST(Reference, ShowsEveryFieldWithDefaultAndRange) {
  std::string page = markdown_reference(type_of<Tree>(), "Tree", "About.");
  EXPECT_NE(page.find("| `wait` | a duration, 1ms to 1m | `1s` | A wait. |"), std::string::npos) << page;
  EXPECT_NE(page.find("| `threads` | a whole number, 1 to 4, or `auto` | `auto` | Threads. |"), std::string::npos);
  EXPECT_NE(page.find("| `soon` | Something to come. |"), std::string::npos);
  EXPECT_NE(page.find("| `colour: blue` |"), std::string::npos);
  EXPECT_NE(page.find("## named.NAME"), std::string::npos);
}

TEST(Reference, QuotesWhatOtherReadersOfYamlWouldMisread) {
  EXPECT_EQ(yaml_word("off"), "\"off\"");
  EXPECT_EQ(yaml_word("a: b"), "\"a: b\"");
  EXPECT_EQ(yaml_word("127.0.0.1:8080"), "127.0.0.1:8080");
}

TEST(Reference, TheExampleLoadsToTheDefaults) {
  Tree tree;
  tree.wait = seconds(9);
  EXPECT_EQ(faults_of(example_yaml(type_of<Tree>(), ""), tree), std::vector<std::string>{});
  EXPECT_EQ(tree.wait, seconds(1));
  EXPECT_FALSE(tree.maybe);
}

}  // namespace
}  // namespace tollgate::config
