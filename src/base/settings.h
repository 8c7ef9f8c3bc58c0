#pragma once
// Values that settings are made of, beside Duration and Money: sizes, shares, references to secrets, things with names.
//
// Each is plain data with a text form that people write (`64KiB`, `80%`, `env:NAME`) and that is read exactly: a value
// which cannot be held as written is refused, never rounded.

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "base/time.h"

namespace tollgate {

// `250ms 5s 10m 1h 7d`: a whole number and one unit (ns, us, ms, s, m, h, d); `0` needs none. Empty when it is no such
// text or does not fit in 64 bits of nanoseconds (292 years).
std::optional<Duration> parse_duration(std::string_view text);
// The shortest form: `90s`, `2m`, `400d`.
std::string format_duration(Duration duration);

// A number of bytes: `64KiB`, `1MiB`, `8GiB`, or plain bytes. Units of 1000 (`64KB`) are read as what they say.
struct Bytes {
  std::int64_t count = 0;
  friend auto operator<=>(Bytes, Bytes) = default;
};
constexpr Bytes kib(std::int64_t n) { return {n << 10}; }
constexpr Bytes mib(std::int64_t n) { return {n << 20}; }
constexpr Bytes gib(std::int64_t n) { return {n << 30}; }
std::optional<Bytes> parse_bytes(std::string_view text);
std::string format_bytes(Bytes bytes);

// A share of a whole in hundredths of a percent: `80%` is 8000. At most two decimals.
struct Percent {
  std::int32_t basis_points = 0;
  friend auto operator<=>(Percent, Percent) = default;
};
constexpr Percent percent(int whole) { return {whole * 100}; }
std::optional<Percent> parse_percent(std::string_view text);
std::string format_percent(Percent share);

// A number from 0 to 1 with at most four decimals: 0.8.
struct Share {
  std::int32_t basis_points = 0;
  friend auto operator<=>(Share, Share) = default;
};
std::optional<Share> parse_share(std::string_view text);
std::string format_share(Share share);

// Where a secret is, not the secret: `env:NAME`, `file:PATH`, `vault:NAME`. A bare value is `plain` and is only
// accepted where the operator allows it; only that kind carries characters that must not be shown.
struct SecretRef {
  enum class From : std::uint8_t { none, env, file, vault, plain };
  From from = From::none;
  std::string name{};  // of the variable, file or vault entry
  Secret plain{};

  static SecretRef env(std::string name) { return {From::env, std::move(name), {}}; }
  bool empty() const { return from == From::none; }
  friend bool operator==(const SecretRef& a, const SecretRef& b) {
    return a.from == b.from && a.name == b.name && a.plain.reveal() == b.plain.reveal();
  }
};
// Every text is a reference of some kind; empty only for an empty text or an empty name.
std::optional<SecretRef> parse_secret_ref(std::string_view text);
// Safe to show: a plain value reads `***`.
std::string format_secret_ref(const SecretRef& ref);

// Things with names in the order they were written. Look-up walks: it is for loading, not for the request path.
template <class T>
struct Named {
  struct Entry {
    std::string name;
    T value{};
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  std::vector<Entry> entries{};

  T& add(std::string name) { return entries.emplace_back(std::move(name), T{}).value; }
  const T* find(std::string_view name) const {
    for (const auto& entry : entries)
      if (entry.name == name) return &entry.value;
    return nullptr;
  }
  std::size_t size() const { return entries.size(); }
  bool empty() const { return entries.empty(); }
  auto begin() const { return entries.begin(); }
  auto end() const { return entries.end(); }
  friend bool operator==(const Named&, const Named&) = default;
};

}  // namespace tollgate
