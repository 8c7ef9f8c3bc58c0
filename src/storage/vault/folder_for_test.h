#pragma once
// A folder that lives as long as a test, and bytes of its files.

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace tollgate {

class FolderForTest {
 public:
  FolderForTest() : path_(::testing::TempDir() + "tollgate-XXXXXX") {
    if (!::mkdtemp(path_.data())) ADD_FAILURE() << "no temporary folder";
  }
  FolderForTest(const FolderForTest&) = delete;
  FolderForTest& operator=(const FolderForTest&) = delete;
  ~FolderForTest() { std::filesystem::remove_all(path_); }

  const std::string& path() const { return path_; }
  std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }

  bool has(std::string_view name) const { return std::filesystem::exists(file(name)); }
  std::string read(std::string_view name) const {
    std::ifstream in(file(name), std::ios::binary);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
  }
  // Behind the back of whoever owns the file; keeps its mode.
  void write(std::string_view name, std::string_view content, int mode = 0600) const {
    std::ofstream(file(name), std::ios::binary | std::ios::trunc) << content;
    set_mode(name, mode);
  }
  void set_mode(std::string_view name, int mode) const {
    ASSERT_EQ(::chmod(file(name).c_str(), static_cast<mode_t>(mode)), 0);
  }
  int mode(std::string_view name) const {
    struct stat about{};
    ::stat(file(name).c_str(), &about);
    return static_cast<int>(about.st_mode & 07777);
  }

 private:
  std::string path_;
};

}  // namespace tollgate
