#pragma once
// Values that are written as one word, and how: what kind of word, read, write. The words of describe.h are built on
// these.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/money.h"
#include "base/settings.h"
#include "base/time.h"

namespace tollgate {

// A value written as one word. Specialise for a new kind of value:
//   words    what it is, to follow "is" and "must be": "a duration such as 5s"
//   json     its type in a JSON schema; `pattern` narrows a string
//   read     false when the text is no such value; it may leave `out` half written
//   write    the text that reads back as the value
//   number   for kinds with an order: the value as a count of its smallest unit, for `range`
template <class T>
struct Scalar;

struct ScalarKind {
  std::string_view words;
  std::string_view json = "string";
  std::string_view pattern = {};
  bool unquoted = false;  // numbers and truth values: quotes make a text of them
  bool secret = false;    // never repeat the value in a message
};

template <>
struct Scalar<bool> {
  static constexpr ScalarKind kind{.words = "true or false", .json = "boolean", .unquoted = true};
  static bool read(std::string_view text, bool& out);
  static std::string write(bool value) { return value ? "true" : "false"; }
};

template <>
struct Scalar<std::int64_t> {
  static constexpr ScalarKind kind{.words = "a whole number", .json = "integer", .unquoted = true};
  static bool read(std::string_view text, std::int64_t& out);
  static std::string write(std::int64_t value);
  static std::int64_t number(std::int64_t value) { return value; }
  static std::int64_t from_number(std::int64_t value) { return value; }
};

template <>
struct Scalar<int> {
  static constexpr ScalarKind kind = Scalar<std::int64_t>::kind;
  static bool read(std::string_view text, int& out);
  static std::string write(int value) { return Scalar<std::int64_t>::write(value); }
  static std::int64_t number(int value) { return value; }
  static int from_number(std::int64_t value) { return static_cast<int>(value); }
};

template <>
struct Scalar<std::string> {
  static constexpr ScalarKind kind{.words = "a text"};
  static bool read(std::string_view text, std::string& out);
  static std::string write(const std::string& value) { return value; }
};

template <>
struct Scalar<Duration> {
  static constexpr ScalarKind kind{.words = "a duration such as 250ms, 5s, 10m, 1h or 7d",
                                   .pattern = "^(0|[0-9]+(ns|us|ms|s|m|h|d))$"};
  static bool read(std::string_view text, Duration& out);
  static std::string write(Duration value) { return format_duration(value); }
  static std::int64_t number(Duration value) { return value.count(); }
  static Duration from_number(std::int64_t value) { return Duration(value); }
};

template <>
struct Scalar<Bytes> {
  static constexpr ScalarKind kind{.words = "a size such as 64KiB, 1MiB or a number of bytes",
                                   .json = "string or integer",
                                   .pattern = "^[0-9]+([KMGT]i?B|B)?$"};
  static bool read(std::string_view text, Bytes& out);
  static std::string write(Bytes value) { return format_bytes(value); }
  static std::int64_t number(Bytes value) { return value.count; }
  static Bytes from_number(std::int64_t value) { return {value}; }
};

template <>
struct Scalar<Percent> {
  static constexpr ScalarKind kind{.words = "a percentage such as 80% or 0.5%", .pattern = "^[0-9]+([.][0-9]{1,2})?%$"};
  static bool read(std::string_view text, Percent& out);
  static std::string write(Percent value) { return format_percent(value); }
  static std::int64_t number(Percent value) { return value.basis_points; }
  static Percent from_number(std::int64_t value) { return {static_cast<std::int32_t>(value)}; }
};

template <>
struct Scalar<Share> {
  static constexpr ScalarKind kind{.words = "a number from 0 to 1 such as 0.8", .json = "number or string", .pattern = "^(0|1|[01][.][0-9]{1,4})$"};
  static bool read(std::string_view text, Share& out);
  static std::string write(Share value) { return format_share(value); }
  static std::int64_t number(Share value) { return value.basis_points; }
  static Share from_number(std::int64_t value) { return {static_cast<std::int32_t>(value)}; }
};

// Decimal US dollars, read as text and never through floating point.
template <>
struct Scalar<Money> {
  static constexpr ScalarKind kind{.words = "an amount in US dollars with at most nine decimals, such as 50 or 0.0025",
                                   .json = "number or string",
                                   .pattern = "^[0-9]+([.][0-9]{1,9})?$"};
  static bool read(std::string_view text, Money& out);
  static std::string write(Money value) { return format_usd(value); }
  static std::int64_t number(Money value) { return value.nano_usd; }
  static Money from_number(std::int64_t value) { return {value}; }
};

template <>
struct Scalar<SecretRef> {
  static constexpr ScalarKind kind{.words = "a secret: env:NAME, file:PATH or vault:NAME", .secret = true};
  static bool read(std::string_view text, SecretRef& out);
  static std::string write(const SecretRef& value) { return format_secret_ref(value); }
};

template <>
struct Scalar<WallTime> {
  static constexpr ScalarKind kind{.words = "a date such as 2027-01-01, or a time as in RFC 3339",
                                   .pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].*)?$"};
  static bool read(std::string_view text, WallTime& out) { return parse_rfc3339(text, out); }
  static std::string write(WallTime value) { return rfc3339(value); }
};

}  // namespace tollgate
