#pragma once
// Settings `admin:`: the port for people and tools that run the gateway.

#include <optional>
#include <string>
#include <vector>

#include "base/address_settings.h"

namespace tollgate {

enum class AdminRole : std::uint8_t { admin, operator_, auditor, team };
inline std::span<const std::string_view> setting_names(AdminRole) {
  static constexpr std::string_view names[] = {"admin", "operator", "auditor", "team"};
  return names;
}

enum class MetricsAccess : std::uint8_t { open, token };
inline std::span<const std::string_view> setting_names(MetricsAccess) {
  static constexpr std::string_view names[] = {"open", "token"};
  return names;
}

struct AdminTokenConfig {
  SecretRef secret{};
  AdminRole role = AdminRole::auditor;
  std::string team{};  // of role team
};
void describe(Fields& fields, AdminTokenConfig& token);

struct AdminConfig {
  std::vector<ListenAddress> listen{{IpAddress::v4(127, 0, 0, 1), 8081}};
  SecretRef token =
      SecretRef::env("TOLLGATE_ADMIN_TOKEN");  // where that has no value, one is made at each start and printed
  Named<AdminTokenConfig> tokens{};
  MetricsAccess metrics = MetricsAccess::open;
};
void describe(Fields& fields, AdminConfig& admin);

// Settings `responses:`: stored responses of OpenAI's Responses.
struct ResponsesConfig {
  bool store = true;
  Bytes max_bytes = mib(64);
};
void describe(Fields& fields, ResponsesConfig& responses);

}  // namespace tollgate
