#include "base/settings.h"

#include <fmt/format.h>

#include <span>

#include "base/text.h"

namespace tollgate {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t size;
};

constexpr Unit duration_units[] = {
    {"ns", 1},
    {"us", 1'000},
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"m", 60'000'000'000},
    {"h", 3'600'000'000'000},
    {"d", 86'400'000'000'000},
};

constexpr Unit byte_units[] = {
    {"", 1},
    {"B", 1},
    {"KB", 1'000},
    {"KiB", 1 << 10},
    {"MB", 1'000'000},
    {"MiB", 1 << 20},
    {"GB", 1'000'000'000},
    {"GiB", 1LL << 30},
    {"TB", 1'000'000'000'000},
    {"TiB", 1LL << 40},
};

// Units in which sizes are written back, small to large.
constexpr Unit shown_byte_units[] = {{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1LL << 30}, {"TiB", 1LL << 40}};

std::optional<std::int64_t> parse_amount(std::string_view text, std::span<const Unit> units) {
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  auto number = parse_u64(text.substr(0, digits));
  if (!number || *number > INT64_MAX) return std::nullopt;
  std::string_view unit = text.substr(digits);
  for (const Unit& known : units) {
    if (known.name != unit) continue;
    std::int64_t amount = 0;
    if (__builtin_mul_overflow(static_cast<std::int64_t>(*number), known.size, &amount)) return std::nullopt;
    return amount;
  }
  return std::nullopt;
}

// In the largest unit that divides it.
std::string format_amount(std::int64_t amount, std::span<const Unit> units) {
  const Unit* best = nullptr;
  for (const Unit& unit : units)
    if (amount != 0 && amount % unit.size == 0) best = &unit;
  if (best == nullptr) return fmt::format("{}", amount);
  return fmt::format("{}{}", amount / best->size, best->name);
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  if (text == "0") return Duration::zero();
  auto amount = parse_amount(text, duration_units);
  if (!amount) return std::nullopt;
  return Duration(*amount);
}

std::string format_duration(Duration duration) {
  if (duration == Duration::zero()) return "0s";
  return format_amount(duration.count(), duration_units);
}

std::optional<Bytes> parse_bytes(std::string_view text) {
  auto amount = parse_amount(text, byte_units);
  if (!amount) return std::nullopt;
  return Bytes{*amount};
}

std::string format_bytes(Bytes bytes) { return format_amount(bytes.count, shown_byte_units); }

std::optional<Percent> parse_percent(std::string_view text) {
  constexpr std::uint64_t max_percent = 1'000'000;
  if (text.empty() || text.back() != '%') return std::nullopt;
  text.remove_suffix(1);
  std::size_t point = text.find('.');
  auto whole = parse_u64(text.substr(0, point));
  if (!whole || *whole > max_percent) return std::nullopt;
  std::uint64_t fraction = 0;
  if (point != std::string_view::npos) {
    std::string_view decimals = text.substr(point + 1);
    auto parsed = parse_u64(decimals);
    if (!parsed || decimals.size() > 2) return std::nullopt;
    fraction = decimals.size() == 1 ? *parsed * 10 : *parsed;
  }
  return Percent{static_cast<std::int32_t>(*whole * 100 + fraction)};
}

std::string format_percent(Percent share) {
  int whole = share.basis_points / 100, fraction = share.basis_points % 100;
  if (fraction == 0) return fmt::format("{}%", whole);
  if (fraction % 10 == 0) return fmt::format("{}.{}%", whole, fraction / 10);
  return fmt::format("{}.{:02}%", whole, fraction);
}

std::optional<Share> parse_share(std::string_view text) {
  constexpr std::int32_t whole = 10'000;
  std::size_t point = text.find('.');
  auto units = parse_u64(text.substr(0, point));
  if (!units || *units > 1) return std::nullopt;
  std::int32_t parts = 0;
  if (point != std::string_view::npos) {
    std::string decimals(text.substr(point + 1));
    if (decimals.empty() || decimals.size() > 4) return std::nullopt;
    decimals.resize(4, '0');
    auto parsed = parse_u64(decimals);
    if (!parsed) return std::nullopt;
    parts = static_cast<std::int32_t>(*parsed);
  }
  std::int32_t all = static_cast<std::int32_t>(*units) * whole + parts;
  return all > whole ? std::nullopt : std::optional(Share{all});
}

std::string format_share(Share share) {
  std::string text = fmt::format("{}.{:04}", share.basis_points / 10'000, share.basis_points % 10'000);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::optional<SecretRef> parse_secret_ref(std::string_view text) {
  if (text.empty()) return std::nullopt;
  constexpr std::pair<std::string_view, SecretRef::From> kinds[] = {
      {"env:", SecretRef::From::env}, {"file:", SecretRef::From::file}, {"vault:", SecretRef::From::vault}};
  for (auto [prefix, from] : kinds) {
    if (!text.starts_with(prefix)) continue;
    std::string_view name = text.substr(prefix.size());
    if (name.empty()) return std::nullopt;
    return SecretRef{from, std::string(name), {}};
  }
  return SecretRef{SecretRef::From::plain, {}, Secret(std::string(text))};
}

std::string format_secret_ref(const SecretRef& ref) {
  switch (ref.from) {
    case SecretRef::From::none: return "";
    case SecretRef::From::env: return "env:" + ref.name;
    case SecretRef::From::file: return "file:" + ref.name;
    case SecretRef::From::vault: return "vault:" + ref.name;
    case SecretRef::From::plain: return "***";
  }
  return "";
}

}  // namespace tollgate
