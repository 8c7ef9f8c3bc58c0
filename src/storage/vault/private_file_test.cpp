#include "storage/vault/private_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "storage/vault/folder_for_test.h"

namespace tollgate {
namespace {

constexpr std::size_t plenty = 1 << 20;

TEST(PrivateFile, ReadsWhatItReplacedWithMode0600) {
  FolderForTest folder;
  ASSERT_TRUE(replace_private_file(folder.file("a"), "one").has_value());
  ASSERT_TRUE(replace_private_file(folder.file("a"), "two").has_value());
  EXPECT_EQ(**read_private_file(folder.file("a"), plenty), "two");
  EXPECT_EQ(folder.mode("a"), 0600);
}

TEST(PrivateFile, IsEmptyWhenThereIsNone) {
  FolderForTest folder;
  EXPECT_EQ(*read_private_file(folder.file("a"), plenty), std::nullopt);
  EXPECT_EQ(stamp_of(folder.file("a")), std::nullopt);
}

TEST(PrivateFile, RefusesAFileThatOthersMayOpen) {
  FolderForTest folder;
  for (int mode : {0640, 0604, 0620, 0601, 0666}) {
    folder.write("a", "secret", mode);
    auto read = read_private_file(folder.file("a"), plenty);
    ASSERT_FALSE(read.has_value()) << mode;
    EXPECT_TRUE(read.error().detail.starts_with("a: others may open it (mode 0")) << read.error().detail;
  }
  folder.set_mode("a", 0400);
  EXPECT_TRUE(read_private_file(folder.file("a"), plenty).has_value());
}

TEST(PrivateFile, RefusesLinksFoldersAndFilesBeyondTheBound) {
  FolderForTest folder;
  folder.write("a", "secret");
  ASSERT_EQ(::symlink(folder.file("a").c_str(), folder.file("link").c_str()), 0);
  EXPECT_EQ(read_private_file(folder.file("link"), plenty).error().detail, "link: is a link");
  EXPECT_FALSE(read_private_file(folder.path(), plenty).has_value());
  EXPECT_EQ(read_private_file(folder.file("a"), 5).error().detail, "a: is larger than 5 bytes");
}

// What a writer leaves when it dies before the rename: the old content is there, and the next writer is not disturbed.
TEST(PrivateFile, SurvivesWhatADeadWriterLeft) {
  FolderForTest folder;
  ASSERT_TRUE(replace_private_file(folder.file("a"), "old").has_value());
  folder.write(".a.tmp", "half of the n", 0644);
  EXPECT_EQ(**read_private_file(folder.file("a"), plenty), "old");
  ASSERT_TRUE(replace_private_file(folder.file("a"), "new").has_value());
  EXPECT_EQ(**read_private_file(folder.file("a"), plenty), "new");
  EXPECT_EQ(folder.mode("a"), 0600);
  EXPECT_FALSE(folder.has(".a.tmp"));
}

TEST(PrivateFile, DoesNotWriteThroughALinkThatSomebodyPutInItsWay) {
  FolderForTest folder;
  folder.write("victim", "untouched");
  ASSERT_EQ(::symlink(folder.file("victim").c_str(), folder.file(".a.tmp").c_str()), 0);
  ASSERT_TRUE(replace_private_file(folder.file("a"), "new").has_value());
  EXPECT_EQ(folder.read("victim"), "untouched");
}

TEST(PrivateFile, ChangesItsStampWhenItIsReplaced) {
  FolderForTest folder;
  ASSERT_TRUE(replace_private_file(folder.file("a"), "one").has_value());
  auto before = stamp_of(folder.file("a"));
  ASSERT_TRUE(replace_private_file(folder.file("a"), "two").has_value());
  EXPECT_NE(stamp_of(folder.file("a")), before);
}

TEST(PrivateFile, SaysWhyItCannotWrite) {
  FolderForTest folder;
  auto written = replace_private_file(folder.file("none/a"), "x");
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().fault, Fault::unavailable);
  EXPECT_EQ(written.error().detail, "a: cannot write beside it: No such file or directory");
}

TEST(FileLock, LetsOneIn) {
  FolderForTest folder;
  auto first = std::make_unique<Result<FileLock>>(FileLock::take(folder.file("lock")));
  ASSERT_TRUE(first->has_value());
  EXPECT_EQ(FileLock::take(folder.file("lock"), milliseconds(0)).error().detail, "lock: another writer holds it");
  first.reset();
  EXPECT_TRUE(FileLock::take(folder.file("lock"), milliseconds(0)).has_value());
}

}  // namespace
}  // namespace tollgate
