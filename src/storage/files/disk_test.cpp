#include "storage/files/disk.h"

#include <algorithm>
#include <cstring>

#include "storage/journal/temporary_folder.h"

namespace tollgate {
namespace {

std::vector<std::string> names_in(Disk& disk) {
  std::vector<std::string> names;
  auto entries = *disk.list();
  for (const auto& entry : entries) names.push_back(entry.name + ":" + std::to_string(entry.bytes));
  std::ranges::sort(names);
  return names;
}

TEST(FileDisk, MapsAFileThatOthersReadAtOnce) {
  TemporaryFolder folder;
  auto disk = std::move(*FileDisk::open(folder.path()));
  auto mapped = std::move(*disk->create("a", 10'000, "head"));
  std::memcpy(mapped->bytes().data() + 5'000, "late", 4);
  auto reader = std::move(*disk->open_read("a"));
  std::string bytes(20'000, '?');
  EXPECT_EQ(*reader->read_at(0, std::as_writable_bytes(std::span(bytes))), 10'000u);
  EXPECT_EQ(bytes.substr(0, 5), std::string("head\0", 5));
  EXPECT_EQ(bytes.substr(5'000, 4), "late");
  EXPECT_TRUE(mapped->sync(5'000, 4).has_value());
  EXPECT_EQ(names_in(*disk), (std::vector<std::string>{"a:10000"})) << "nothing half made is left";
}

TEST(FileDisk, AppendsReplacesCutsAndRemoves) {
  TemporaryFolder folder;
  auto disk = std::move(*FileDisk::open(folder.path()));
  auto file = std::move(*disk->open_append("log"));
  ASSERT_TRUE(file->append("hello ").has_value());
  ASSERT_TRUE(disk->cut("log", 3).has_value());
  ASSERT_TRUE(file->append("p!").has_value());
  ASSERT_TRUE(file->sync().has_value());
  ASSERT_TRUE(disk->replace("state", "new").has_value());
  ASSERT_TRUE(disk->rename("state", "state.before").has_value());
  EXPECT_EQ(names_in(*disk), (std::vector<std::string>{"log:5", "state.before:3"}));
  ASSERT_TRUE(disk->remove("log").has_value());
  ASSERT_TRUE(disk->remove("log").has_value()) << "removing nothing is no fault";
  EXPECT_EQ(names_in(*disk), (std::vector<std::string>{"state.before:3"}));
}

TEST(FileDisk, FilesAreForTheirOwnerOnly) {
  TemporaryFolder folder;
  auto disk = std::move(*FileDisk::open(folder.path() / "made"));
  auto mapped = disk->create("a", 100, "");
  ASSERT_TRUE(disk->replace("b", "x").has_value());
  for (auto name : {"a", "b"})
    EXPECT_EQ(std::filesystem::status(folder.path() / "made" / name).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(FileDisk, ASecondLockIsRefusedAndTheFirstNamed) {
  TemporaryFolder folder;
  auto disk = std::move(*FileDisk::open(folder.path()));
  auto second_disk = std::move(*FileDisk::open(folder.path()));
  auto lock = disk->lock("lock", "pid 4711");
  ASSERT_TRUE(lock.has_value());
  auto second = second_disk->lock("lock", "pid 4712");
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().detail, "another gateway works on this data folder (pid 4711)");
  lock->reset();
  EXPECT_TRUE(second_disk->lock("lock", "pid 4712").has_value());
}

TEST(FileDisk, SaysWhichFileCouldNotBeHad) {
  TemporaryFolder folder;
  auto disk = std::move(*FileDisk::open(folder.path()));
  auto missing = disk->open_read("nothing");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().fault, Fault::unavailable);
  EXPECT_NE(missing.error().detail.find("nothing: cannot open"), std::string::npos);
  EXPECT_FALSE(FileDisk::open(folder.path() / "no" / "parent").has_value());
}

}  // namespace
}  // namespace tollgate
