#pragma once
// Settings `keys:`: virtual keys. More are made by command, dashboard or admin API.

#include <optional>
#include <string>
#include <vector>

#include "base/address_settings.h"

namespace tollgate {

// What the request itself may say instead of its key.
enum class MaySay : std::uint8_t { user, feature, tags };
inline std::span<const std::string_view> setting_names(MaySay) {
  static constexpr std::string_view names[] = {"user", "feature", "tags"};
  return names;
}

struct KeyConfig {
  SecretRef secret{};
  std::string team{};
  std::string user{};
  std::string feature{};
  Named<std::string> tags{};
  std::vector<std::string> models{};  // routes it may ask for, with a trailing `*`; empty: all
  std::vector<MaySay> may_set{};
  std::optional<WallTime> expires{};
  std::vector<Cidr> allow_from{};  // empty: from anywhere
};
void describe(Fields& fields, KeyConfig& key);

}  // namespace tollgate
