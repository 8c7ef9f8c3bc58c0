#include "telemetry/own_usage.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>

#include "base/text.h"

namespace tollgate {
namespace {

constexpr std::size_t file_bytes_max = 16 * 1024;  // of a status file
constexpr std::int64_t us_per_second = 1'000'000;
constexpr std::int64_t kib = 1024;

std::string small_file(const char* path) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path, "rb"), std::fclose);
  std::string text(file ? file_bytes_max : 0, '\0');
  if (file) text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  return text;
}

// The first number behind `name` in its line.
std::int64_t number_after(std::string_view text, std::string_view name) {
  std::size_t at = text.find(name);
  if (at == std::string_view::npos) return -1;
  text.remove_prefix(at + name.size());
  std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return -1;
  text.remove_prefix(begin);
  auto number = parse_u64(text.substr(0, text.find_first_not_of("0123456789")));
  return number ? static_cast<std::int64_t>(*number) : -1;
}

std::int64_t bytes_of(std::string_view status, std::string_view name) {
  std::int64_t count = number_after(status, name);
  return count < 0 ? -1 : count * kib;
}

std::int64_t count_open_fds() {
  std::error_code error;
  std::filesystem::directory_iterator at("/proc/self/fd", error);
  if (error) return -1;
  std::int64_t count = -1;  // the folder's own descriptor is one of them
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) ++count;
  return count;
}

}  // namespace

OwnUsage own_usage() {
  std::string status = small_file("/proc/self/status");
  std::string limits = small_file("/proc/self/limits");
  std::clock_t spent = std::clock();
  return {.cpu_us = spent == -1 ? -1 : spent * us_per_second / CLOCKS_PER_SEC,
          .resident_bytes = bytes_of(status, "VmRSS:"),
          .virtual_bytes = bytes_of(status, "VmSize:"),
          .open_fds = count_open_fds(),
          .max_fds = number_after(limits, "Max open files")};
}

}  // namespace tollgate
