#include "base/scalar.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace tollgate {
namespace {

template <class T, class Parsed>
bool put(T& out, const Parsed& parsed) {
  if (parsed) out = *parsed;
  return parsed.has_value();
}

}  // namespace

bool Scalar<bool>::read(std::string_view text, bool& out) {
  out = text == "true";
  return text == "true" || text == "false";
}

bool Scalar<std::int64_t>::read(std::string_view text, std::int64_t& out) {
  bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.size() > 1 && text[0] == '0') return false;  // YAML 1.1 reads 010 as eight, YAML 1.2 as ten
  auto magnitude = parse_u64(text);
  if (!magnitude || *magnitude > INT64_MAX) return false;
  out = static_cast<std::int64_t>(*magnitude);
  if (negative) out = -out;
  return true;
}

std::string Scalar<std::int64_t>::write(std::int64_t value) { return fmt::format("{}", value); }

bool Scalar<int>::read(std::string_view text, int& out) {
  std::int64_t wide = 0;
  if (!Scalar<std::int64_t>::read(text, wide) || wide < INT32_MIN || wide > INT32_MAX) return false;
  out = static_cast<int>(wide);
  return true;
}

bool Scalar<std::string>::read(std::string_view text, std::string& out) {
  out = text;
  return !text.empty() &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; });
}

bool Scalar<Duration>::read(std::string_view text, Duration& out) { return put(out, parse_duration(text)); }
bool Scalar<Bytes>::read(std::string_view text, Bytes& out) { return put(out, parse_bytes(text)); }
bool Scalar<Percent>::read(std::string_view text, Percent& out) { return put(out, parse_percent(text)); }
bool Scalar<Share>::read(std::string_view text, Share& out) { return put(out, parse_share(text)); }
bool Scalar<Money>::read(std::string_view text, Money& out) { return put(out, parse_usd(text)); }
bool Scalar<SecretRef>::read(std::string_view text, SecretRef& out) { return put(out, parse_secret_ref(text)); }

}  // namespace tollgate
