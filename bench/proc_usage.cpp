#include "bench/proc_usage.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace tollgate::bench {
namespace {

constexpr std::size_t kFileMax = 8192;  // these files have a few hundred bytes

std::optional<std::string> content_of(const std::string& path) {
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  std::array<char, kFileMax> bytes;
  ssize_t size = read(file, bytes.data(), bytes.size());
  close(file);
  if (size < 0) return std::nullopt;
  return std::string(bytes.data(), static_cast<std::size_t>(size));
}

// The number after `name` in a file of lines `name: number`; 0 when there is none.
std::int64_t number_after(std::string_view text, std::string_view name) {
  std::size_t at = text.find(name);
  return at == std::string_view::npos ? 0 : std::strtoll(text.data() + at + name.size(), nullptr, 10);
}

std::vector<std::string> threads_of(int process) {
  std::vector<std::string> folders;
  std::string path = fmt::format("/proc/{}/task", process);
  DIR* listing = opendir(path.c_str());
  if (listing == nullptr) return folders;
  while (dirent* entry = readdir(listing)) {
    if (entry->d_name[0] != '.') folders.push_back(fmt::format("{}/{}", path, entry->d_name));
  }
  closedir(listing);
  return folders;
}

// utime and stime are the 12th and 13th words after the name, which is in brackets and may hold blanks.
std::int64_t ticks_ns(int process) {
  std::string text = content_of(fmt::format("/proc/{}/stat", process)).value_or("");
  std::size_t at = text.rfind(')');
  for (int word = 0; word < 12 && at != std::string::npos; ++word) at = text.find(' ', at + 1);
  if (at == std::string::npos) return 0;
  char* rest = nullptr;
  std::int64_t user = std::strtoll(text.c_str() + at, &rest, 10);
  return (user + std::strtoll(rest, nullptr, 10)) * (1'000'000'000 / sysconf(_SC_CLK_TCK));
}

}  // namespace

ProcUsage ProcUsage::of(const std::vector<int>& processes) {
  ProcUsage sum;
  for (int process : processes) {
    bool scheduled = false;
    for (const std::string& folder : threads_of(process)) {
      if (auto text = content_of(folder + "/schedstat")) {
        std::int64_t on_cpu_ns = std::strtoll(text->c_str(), nullptr, 10);
        sum.cpu_ns += on_cpu_ns;
        if (content_of(folder + "/comm") == "view\n") sum.view_cpu_ns += on_cpu_ns;
        scheduled = true;
      }
      std::string status = content_of(folder + "/status").value_or("");
      sum.context_switches +=
          number_after(status, "\nvoluntary_ctxt_switches:") + number_after(status, "\nnonvoluntary_ctxt_switches:");
    }
    if (!scheduled) sum.cpu_ns += ticks_ns(process);
    std::string status = content_of(fmt::format("/proc/{}/status", process)).value_or("");
    sum.resident_kib += number_after(status, "VmRSS:");
    sum.anonymous_kib += number_after(status, "RssAnon:");
  }
  return sum;
}

}  // namespace tollgate::bench
