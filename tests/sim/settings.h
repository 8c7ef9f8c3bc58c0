#pragma once
// The configuration of a simulated gateway, drawn from the seed: prices and routes are always the same, budgets,
// durability and billing differ. The checker computes costs by hand from the prices here.

#include <string>
#include <string_view>
#include <vector>

#include "app/config.h"
#include "async/random.h"
#include "sim/story.h"

namespace tollgate::sim {

// Nano-USD for a million tokens.
struct HandPrice {
  std::string_view model;  // the provider's name for it
  std::int64_t input;
  std::int64_t cached;
  std::int64_t output;
};
inline constexpr HandPrice hand_prices[] = {
    {"big", 2'500'000'000, 1'250'000'000, 10'000'000'000},
    {"big-b", 3'000'000'000, 300'000'000, 15'000'000'000},
    {"small", 150'000'000, 75'000'000, 600'000'000},
    {"vectors", 20'000'000, 20'000'000, 0},
};
inline constexpr std::string_view provider_names[] = {"alpha", "beta", "gamma"};

// Tokens x price, rounded half up once.
Money cost_by_hand(const HandPrice& price, const Usage& usage);
const HandPrice* find_price(std::string_view model);

constexpr int key_count = 6;
std::string key_name(int key);
std::string key_secret(int key);

// What the configuration says and the checks know.
constexpr Duration request_total = seconds(20);
constexpr Duration write_timeout = seconds(10);
constexpr int attempts_most = 1 + 2 + 1;  // the first, `retry.attempts`, and alpha's second key

// The tag by which each call names itself, so that rows can be told apart.
constexpr std::string_view mark_tag = "call";

struct Settings {
  std::string yaml;
  Config config;
  config::SecretSources secrets;
};

// Throws std::runtime_error when the text is refused: a fault of the simulation.
Settings draw_settings(Random& random);

}  // namespace tollgate::sim
