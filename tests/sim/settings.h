#pragma once
// The configuration of a simulated gateway, drawn from the seed: prices and routes are always the same, budgets, durability and
// billing differ. The checker computes costs by hand from the prices here.

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

// Limits of time that the checks know. The rest of the configuration follows them.
constexpr Duration request_total = seconds(20);
constexpr Duration write_timeout = seconds(10);
constexpr int retry_attempts = 2;
constexpr int provider_keys_max = 2;  // keys of one provider

struct Settings {
  std::string yaml;
  Config config;
  config::SecretSources secrets;
};

// Throws std::runtime_error when the text is refused: a fault of the simulation.
Settings draw_settings(Random& random);

}  // namespace tollgate::sim
