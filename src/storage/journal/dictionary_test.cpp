#include "storage/journal/dictionary.h"

#include <thread>

#include "storage/journal/journal_for_test.h"
#include "storage/journal/name_cache.h"

namespace tollgate {
namespace {

std::unique_ptr<Dictionary> open_names(Disk& disk, ValueSealer& sealer, std::size_t max_names = default_max_names) {
  auto names = Dictionary::open(disk, sealer, {.max_names = max_names, .random = test_random(5)});
  EXPECT_TRUE(names.has_value());
  return std::move(*names);
}

TEST(Dictionary, GivesEqualNamesOneIdAlsoAfterAKill) {
  FakeDisk disk;
  PlainSealer sealer;
  auto names = open_names(disk, sealer);
  auto word = *names->word("gpt-4o");
  auto person = *names->person("alice");
  NameCache cache(*names);
  auto tags = *cache.tags(person, {{"env", "dev"}, {"empty", ""}});
  EXPECT_EQ(*names->word("gpt-4o"), word);
  EXPECT_EQ(*cache.word("gpt-4o"), word);
  EXPECT_EQ(*cache.tags(person, {{"env", "dev"}, {"empty", ""}}), tags);
  EXPECT_NE(*cache.tags(person + 1, {{"env", "dev"}, {"empty", ""}}), tags) << "a value belongs to its person";

  FakeDisk later = disk.after_kill();
  auto again = open_names(later, sealer);
  EXPECT_EQ(*again->word("gpt-4o"), word);
  EXPECT_EQ(*again->person("alice"), person);
  EXPECT_EQ(again->person_text(person), "alice");
  EXPECT_EQ(again->tags_of(tags), (Tags{{"env", "dev"}, {"empty", ""}}));
  EXPECT_EQ(*NameCache(*again).tags(person, {{"env", "dev"}, {"empty", ""}}), tags);
}

TEST(Dictionary, KeepsNoPersonalTextInTheClear) {
  class BlindSealer final : public ValueSealer {
   public:
    Result<std::string> seal(std::uint64_t, std::string_view) override { return std::string("sealed"); }
    std::optional<std::string> open(std::uint64_t, std::string_view) override { return std::nullopt; }
    Result<void> sync() override { return {}; }
    Result<void> forget(std::uint64_t) override { return {}; }
  };
  FakeDisk disk;
  BlindSealer sealer;
  auto names = open_names(disk, sealer);
  std::ignore = NameCache(*names).tags(*names->person("alice"), {{"case", "4711"}});
  std::string file = disk.bytes(std::string(names_file));
  EXPECT_EQ(file.find("alice"), std::string::npos);
  EXPECT_EQ(file.find("4711"), std::string::npos);
  EXPECT_NE(file.find("case"), std::string::npos);
}

// A new person's key waits for the disk with the names, not while the caller waits for an id.
TEST(Dictionary, MakesKeysDurableWhenItsNamesAre) {
  FakeDisk disk;
  PlainSealer sealer;
  auto names = open_names(disk, sealer);
  ASSERT_TRUE(names->person("alice"));
  EXPECT_FALSE(sealer.synced);
  ASSERT_TRUE(names->sync());
  EXPECT_TRUE(sealer.synced);
  ASSERT_TRUE(names->person("bob"));
  sealer.disk_is_full = true;
  EXPECT_FALSE(names->sync());
}

TEST(Dictionary, ForgetsAPersonAndGivesANewIdAfterwards) {
  FakeDisk disk;
  PlainSealer sealer;
  auto names = open_names(disk, sealer);
  NameCache cache(*names);
  auto person = *cache.person("alice");
  auto tags = *cache.tags(person, {{"case", "4711"}});
  ASSERT_TRUE(names->forget(person).has_value());
  EXPECT_TRUE(names->person_text(person).starts_with("erased-"));
  EXPECT_TRUE(names->tags_of(tags)[0].second.starts_with("erased-"));
  EXPECT_TRUE(names->persons_named("alice").empty());
  auto person_again = *cache.person("alice");
  EXPECT_NE(person_again, person);

  FakeDisk later = disk.after_kill();
  auto again = open_names(later, sealer);
  EXPECT_TRUE(again->person_text(person).starts_with("erased-"));
  EXPECT_EQ(*again->person("alice"), person_again);
}

TEST(Dictionary, RefusesNewNamesAtItsBound) {
  FakeDisk disk;
  PlainSealer sealer;
  auto names = open_names(disk, sealer, 2);
  EXPECT_TRUE(names->word("a").has_value());
  EXPECT_TRUE(names->word("b").has_value());
  EXPECT_EQ(names->word("c").error().fault, Fault::unavailable);
  EXPECT_TRUE(names->word("a").has_value());
}

TEST(Dictionary, CutsATornEndAtEveryByte) {
  FakeDisk disk;
  PlainSealer sealer;
  auto names = open_names(disk, sealer);
  auto first = *names->word("first");
  std::size_t whole = disk.bytes(std::string(names_file)).size();
  std::ignore = names->word("second");
  std::size_t end = disk.bytes(std::string(names_file)).size();
  for (std::size_t size = whole; size < end; ++size) {
    FakeDisk torn = disk.after_kill();
    torn.bytes(std::string(names_file)).resize(size);
    auto again = open_names(torn, sealer);
    EXPECT_EQ(*again->word("first"), first);
    EXPECT_EQ(torn.bytes(std::string(names_file)).size(), whole);
    EXPECT_EQ(again->word_text(*again->word("third")), "third");
  }
}

TEST(Dictionary, GoesOnAfterADiskThatWasFullForAWhile) {
  FakeDisk disk;
  PlainSealer sealer;
  auto names = open_names(disk, sealer);
  std::ignore = names->word("first");
  disk.fail_append = true;
  EXPECT_FALSE(names->word("second").has_value());
  disk.fail_append = false;
  auto third = *names->word("third");
  FakeDisk later = disk.after_kill();
  EXPECT_EQ(open_names(later, sealer)->word_text(third), "third");
}

TEST(Dictionary, RefusesADamagedMiddle) {
  FakeDisk disk;
  PlainSealer sealer;
  auto names = open_names(disk, sealer);
  std::ignore = names->word("first");
  ASSERT_TRUE(names->sync().has_value());
  std::ignore = names->word("second");
  disk.bytes(std::string(names_file))[44] ^= 1;
  auto again = Dictionary::open(disk, sealer, {.random = test_random(5)});
  ASSERT_FALSE(again.has_value());
  EXPECT_NE(again.error().detail.find("names.dict at byte 0"), std::string::npos) << again.error().detail;
}

TEST(Dictionary, NeverGivesOutAnIdThatLostRecordsMayUse) {
  FakeDisk disk;
  PlainSealer sealer;
  auto names = open_names(disk, sealer);
  auto known = *names->word("known");
  ASSERT_TRUE(names->leave_hole(known + 10).has_value());
  FakeDisk later = disk.after_kill();
  auto again = open_names(later, sealer);
  EXPECT_EQ(*again->word("new"), known + 11);
  EXPECT_EQ(again->word_text(known + 3), "(lost)");
}

TEST(Dictionary, AReaderFollowsTheWriter) {
  FakeDisk disk;
  PlainSealer sealer;
  auto names = open_names(disk, sealer);
  auto reader = std::move(*Dictionary::open(disk, sealer, {.mode = Dictionary::Mode::read}));
  auto word = *names->word("late");
  EXPECT_EQ(reader->word_text(word), "(lost)");
  ASSERT_TRUE(reader->refresh().has_value());
  EXPECT_EQ(reader->word_text(word), "late");
  EXPECT_FALSE(reader->word("mine").has_value());
}

TEST(Dictionary, ManyThreadsAgreeOnNewNames) {
  FakeDisk disk;
  PlainSealer sealer;
  auto names = open_names(disk, sealer);
  constexpr int threads = 4, count = 300;
  std::vector<std::vector<std::uint32_t>> ids(threads);
  {
    std::vector<std::jthread> running;
    for (auto& mine : ids)
      running.emplace_back([&] {
        NameCache cache(*names);
        for (int i = 0; i < count; ++i) mine.push_back(*cache.word("name-" + std::to_string(i)));
      });
  }
  for (const auto& mine : ids) EXPECT_EQ(mine, ids[0]);
  EXPECT_EQ(names->size(), static_cast<std::size_t>(count));
}

}  // namespace
}  // namespace tollgate
