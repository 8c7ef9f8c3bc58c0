#pragma once
// Time zone files made by tests: TZif bytes of version 2 (RFC 8536), with an empty version 1 part.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "limits/zone.h"

namespace tollgate {

struct ZoneFile {
  std::vector<int> offsets{0};  // of each type, in seconds; the first holds before all transitions
  std::vector<std::pair<std::int64_t, int>> transitions{};  // when, and to which type
  std::string rule{};                                       // the last line

  std::string bytes() const {
    std::string out = header(0, 1) + std::string("\0\0\0\0\0\0x\0", 8).substr(0, 7);
    out += header(transitions.size(), offsets.size());
    for (auto [when, type] : transitions) out += big_endian(static_cast<std::uint64_t>(when), 8);
    for (auto [when, type] : transitions) out += static_cast<char>(type);
    for (int offset : offsets) out += big_endian(static_cast<std::uint32_t>(offset), 4) + std::string("\0\0", 2);
    return out + std::string("x") + "\n" + rule + "\n";
  }

  static std::string big_endian(std::uint64_t value, int size) {
    std::string out;
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
    return out;
  }
  static std::string header(std::size_t times, std::size_t types) {
    std::string out = "TZif2" + std::string(15, '\0');
    for (std::size_t count : {std::size_t{0}, std::size_t{0}, std::size_t{0}, times, types, std::size_t{1}})
      out += big_endian(count, 4);
    return out;
  }
};

inline std::shared_ptr<const Zone> zone_of(std::string_view name, const ZoneFile& file) {
  auto zone = Zone::parse(name, file.bytes());
  if (!zone) throw std::runtime_error(zone.error().detail);
  return std::make_shared<const Zone>(std::move(*zone));
}

// As in tzdata 2026; only what the tests need of it.
inline std::shared_ptr<const Zone> berlin() {
  return zone_of("Europe/Berlin", {.offsets = {3600}, .rule = "CET-1CEST,M3.5.0,M10.5.0/3"});
}
inline std::shared_ptr<const Zone> utc() { return std::make_shared<const Zone>(Zone::utc()); }

inline WallTime at(std::string_view text) {
  WallTime out;
  if (!parse_rfc3339(text, out)) throw std::runtime_error(std::string(text));
  return out;
}

}  // namespace tollgate
