#pragma once
// What is billed beside tokens, as lines of attempts name it.

#include <cstdint>
#include <span>
#include <string_view>

#include "domain/usage.h"

namespace tollgate {

struct BesideField {
  std::string_view name;
  std::int64_t (*read)(const BilledBeside& beside);
  void (*write)(BilledBeside& beside, std::int64_t count);
};
std::span<const BesideField> beside_fields();

}  // namespace tollgate
