#pragma once
// For tests: where the shared sets of bad inputs and recordings are, and how to read them. A test skips itself when
// they are missing.

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate::json::test {

inline std::filesystem::path shared_folder() {
  if (const char* given = std::getenv("TOLLGATE_SHARED")) return given;
  return std::filesystem::path(TOLLGATE_SOURCE_DIR) / ".." / "shared";
}

#define TG_SHARED_OR_SKIP(name, below)                              \
  const auto name = ::tollgate::json::test::shared_folder() / below; \
  if (!std::filesystem::exists(name)) GTEST_SKIP() << name << " is missing; set TOLLGATE_SHARED"

inline std::string file_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

inline std::vector<std::string> file_lines(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  std::ifstream in(path, std::ios::binary);
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) lines.push_back(line);
  return lines;
}

// The first `most` lines of a gzip file.
inline std::vector<std::string> gzip_lines(const std::filesystem::path& path, std::size_t most) {
  std::vector<std::string> lines;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(popen(("gzip -dc '" + path.string() + "'").c_str(), "r"), pclose);
  if (!in) return lines;
  char* line = nullptr;
  std::size_t capacity = 0;
  for (ssize_t size = 0; lines.size() < most && (size = getline(&line, &capacity, in.get())) > 0;)
    lines.emplace_back(line, static_cast<std::size_t>(size));
  std::free(line);
  return lines;
}

inline std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.is_regular_file()) files.push_back(entry.path());
  return files;
}

// REQUIRES: well-formed, as the shared sets are.
inline std::string from_base64(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  int filled = 0;
  for (char c : text) {
    std::size_t digit = digits.find(c);
    if (digit == std::string_view::npos) break;
    bits = (bits << 6 | static_cast<unsigned>(digit)) & 0xFFFFFFu;
    filled += 6;
    if (filled < 8) continue;
    filled -= 8;
    bytes += static_cast<char>(bits >> filled & 0xFFu);
  }
  return bytes;
}

}  // namespace tollgate::json::test
