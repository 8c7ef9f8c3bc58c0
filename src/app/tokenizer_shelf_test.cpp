#include "app/tokenizer_shelf.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "tokens/tokenizer_file_for_test.h"

namespace tollgate {
namespace {

using namespace std::chrono_literals;

class TokenizerShelfTest : public ::testing::Test {
 protected:
  TokenizerShelfTest() { std::filesystem::create_directory(folder_); }
  ~TokenizerShelfTest() override { std::filesystem::remove_all(folder_); }

  std::string file(std::string_view name, std::string_view text) {
    std::filesystem::path path = folder_ / name;
    std::ofstream(path) << text;
    return path.string();
  }
  static Named<TokenizerConfig> wanted(std::string file) {
    Named<TokenizerConfig> all;
    all.add("own") = {.file = std::move(file), .models = {"own-*", "mine"}};
    return all;
  }

  TokenizerShelf shelf;

 private:
  std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("tollgate-shelf-" + std::to_string(::getpid()));
};

TEST_F(TokenizerShelfTest, AFileThatStayedAsItIsIsReadOnceAndShared) {
  std::string path = file("a.json", tiny_byte_level);
  auto first = shelf.load(wanted(path)).value(), again = shelf.load(wanted(path)).value();
  ASSERT_NE(first->find("own-1"), nullptr);
  EXPECT_EQ(first->find("own-1"), again->find("own-1"));
  EXPECT_EQ(first->find("own-1"), first->find("mine"));
  EXPECT_EQ(first->find("another"), nullptr);
  std::filesystem::last_write_time(path, std::filesystem::last_write_time(path) + 1s);
  EXPECT_NE(shelf.load(wanted(path)).value()->find("own-1"), first->find("own-1")) << "it was written anew";
  EXPECT_EQ(first->find("own-1")->count("hello world").tokens, 2) << "whoever began with the old one keeps it";
}

TEST_F(TokenizerShelfTest, AFaultTellsItsFileAndChangesNothing) {
  std::string good = file("good.json", tiny_byte_level), bad = file("bad.json", R"({"model":{"type":"WordPiece"}})");
  auto before = shelf.load(wanted(good)).value();
  auto fault = shelf.load(wanted(bad));
  ASSERT_FALSE(fault);
  EXPECT_NE(fault.error().detail.find("tokenizers.own.file: " + bad), std::string::npos) << fault.error().detail;
  EXPECT_NE(shelf.load(wanted("/nowhere.json")).error().detail.find("it is missing"), std::string::npos);
  EXPECT_EQ(shelf.load(wanted(good)).value()->find("mine"), before->find("mine"));
}

TEST_F(TokenizerShelfTest, NothingConfiguredIsNothingHeld) { EXPECT_EQ(shelf.load({}).value(), nullptr); }

}  // namespace
}  // namespace tollgate
