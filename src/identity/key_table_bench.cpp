// A look-up among 10,000 keys: known and unknown credentials must cost the same.
#include <fmt/format.h>

#include <chrono>

#include "identity/key_table.h"

namespace {

using namespace tollgate;
constexpr int keys = 10'000;
constexpr int rounds = 1'000'000;

long long ns_per_look_up(const KeyTable& table, const std::vector<std::string>& credentials, int& found) {
  auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < rounds; ++i)
    found += table.find(credentials[static_cast<std::size_t>(i % keys)], WallTime{}) != nullptr;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begin).count() /
         rounds;
}

}  // namespace

int main() {
  std::vector<std::string> known, unknown;
  KeyTableBuilder builder(crypto::Key::random());
  for (int i = 0; i < keys; ++i) {
    known.push_back(fmt::format("{:064}", i));
    unknown.push_back(fmt::format("{:064}", i + keys));
    if (!builder.add({.name = std::to_string(i)}, known.back())) return 1;
  }
  auto table = std::move(builder).build();
  if (!table) return 1;
  int found = 0;
  for (int i = 0; i < 3; ++i) {
    fmt::print("known:   {} ns\n", ns_per_look_up(*table, known, found));
    fmt::print("unknown: {} ns\n", ns_per_look_up(*table, unknown, found));
  }
  return found == 3 * rounds ? 0 : 1;
}
