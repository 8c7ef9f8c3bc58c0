// Time of scoring a prompt of 2,000 characters: median and 99th of a hundred, one thread.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <string>
#include <vector>

#include "routing/difficulty.h"

using namespace tollgate;

namespace {

std::int64_t cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

std::string prompt(std::size_t number) {
  constexpr std::string_view words[] = {"explain", "how", "the", "budget", "of", "a", "team", "with", "12", "members", "is", "shared,", "when", "some", "spend", "more.\n"};
  std::string text;
  for (std::size_t i = number; text.size() < 2000; ++i) text += std::string(words[(i * 7 + i / 16) % std::size(words)]) + std::to_string(i % 97) + " ";
  text.resize(2000);
  return text;
}

}  // namespace

int main() {
  const DifficultyModel& model = DifficultyModel::shipped();
  std::vector<std::string> prompts;
  for (std::size_t i = 0; i < 1000; ++i) prompts.push_back(prompt(i));
  std::vector<std::int64_t> took;
  float sum = 0;
  for (int round = 0; round < 5; ++round)
    for (const std::string& text : prompts) {
      std::int64_t before = cpu_ns();
      sum += model.score(text);
      took.push_back(cpu_ns() - before);
    }
  std::sort(took.begin(), took.end());
  fmt::print("score of 2,000 characters: p50 {:.1f} us, p99 {:.1f} us ({:.3f} on average)\n", static_cast<double>(took[took.size() / 2]) / 1000,
             static_cast<double>(took[took.size() * 99 / 100]) / 1000, static_cast<double>(sum) / static_cast<double>(took.size()));
}
