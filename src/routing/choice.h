#pragma once
// In which order the targets of one route are asked, and with which key: the strategies.

#include <array>
#include <cstdint>

#include "routing/route_table.h"

namespace tollgate {

// What a target would cost, where a route asks the cheapest first.
class CostOf {
 public:
  virtual ~CostOf() = default;
  virtual std::int64_t nano_usd(const Target& target) const = 0;
};

// What a choice depends on beside the route.
struct Circumstances {
  Instant now{};
  std::uint64_t random = 0;    // a new one for each call
  std::uint64_t session = 0;   // of the tenant's conversation, a hash; 0: none
  std::int64_t input = 0;      // tokens, estimated from below; 0: unknown
  bool stream = false;
  CallTraits needs{};          // of the call, where a target lacks something
  bool capable = true;         // under `strategy: difficulty`: which tier is asked first
  const CostOf* cost = nullptr;
};

constexpr std::size_t targets_max = 64;  // of a route

struct Order {
  std::array<std::uint16_t, targets_max> index;
  std::size_t count = 0;
};
Order order_targets(const Route& route, const Circumstances& circumstances);

// Why a target is not asked now.
enum class Skip : std::uint8_t { none, breaker_open, cooling, benched, no_money, busy, context, lacking };
std::string_view to_string(Skip skip);

// Most calls at once at a target now; 0: no bound.
int bound_of(const Target& target);

// Whether nothing that is remembered speaks against showing a key.
bool usable(const ProviderKey& key, Instant now);

// The first that may be shown; null when none may, or the target asks for none.
const ProviderKey* first_usable_key(const Target& target, Instant now);

struct Standing {
  Skip skip = Skip::none;
  Duration wait{0};        // until it may be asked again; zero: unknown
  std::uint16_t key = 0;   // the one to begin with
};
// `breaker`: whether the route heeds what is remembered.
Standing standing_of(const Target& target, bool breaker, const Circumstances& circumstances);

// Shares written as weights, spread evenly over a round: 3, 1 -> 0 0 1 0. Source: nginx, "smooth weighted round-robin".
std::vector<std::uint16_t> smooth_turns(std::vector<int> weights);

}  // namespace tollgate
