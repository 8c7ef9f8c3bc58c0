#pragma once
// Settings `ledger:`, `audit:` and `store:`; `data:` is a folder and needs no struct.

#include "base/describe.h"

namespace tollgate {

enum class Durability : std::uint8_t {
  power,    // survives a power cut: rows are on the disk before the client has the whole answer
  process,  // survives a killed process; the disk follows within 50 ms
};
inline std::span<const std::string_view> setting_names(Durability) {
  static constexpr std::string_view names[] = {"power", "process"};
  return names;
}

struct LedgerConfig {
  Durability durability = Durability::power;
  Duration keep = seconds(400LL * 86'400);
  Bytes journal_max = gib(8);
};
void describe(Fields& fields, LedgerConfig& ledger);

struct AuditConfig {
  Duration keep = seconds(400LL * 86'400);
  std::string webhook{};       // a URL, or where it is: env:NAME, file:PATH
  SecretRef webhook_secret{};  // signs what is posted there
  std::string syslog{};        // udp://HOST:PORT, tcp://…, tls://…, unix:/PATH
};
void describe(Fields& fields, AuditConfig& audit);

enum class StoreKind : std::uint8_t { embedded };
inline std::span<const std::string_view> setting_names(StoreKind) {
  static constexpr std::string_view names[] = {"embedded"};
  return names;
}

}  // namespace tollgate
