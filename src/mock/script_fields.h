#pragma once
// How members of a script are read: small readers for each kind of value, each true when the value was of that kind and
// within its bounds. For script.cpp and script_actions.cpp.

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "json/value.h"
#include "mock/script.h"

namespace tollgate::mock {

using json::Kind;
using json::Value;

// One member that an object of the script may have.
template <class T>
struct ScriptField {
  std::string_view name;
  bool (*read)(const Value&, T&);
  std::string_view expected;
};

inline bool read_count(const Value& value, std::int64_t least, std::int64_t most, std::int64_t& out) {
  auto number = value.is(Kind::number) ? value.integer() : std::nullopt;
  if (!number || *number < least || *number > most) return false;
  out = *number;
  return true;
}

inline bool read_ms(const Value& value, Duration& out) {
  std::int64_t ms = 0;
  if (!read_count(value, 0, max_ms, ms)) return false;
  out = milliseconds(ms);
  return true;
}

inline bool read_text(const Value& value, std::string& out) {
  auto text = value.string();
  if (text) out = std::move(*text);
  return text.has_value();
}

inline bool read_flag(const Value& value, bool& out) {
  auto flag = value.boolean();
  if (flag) out = *flag;
  return flag.has_value();
}

bool read_pairs(const Value& value, Pairs& out);
bool read_texts(const Value& value, std::vector<std::string>& out);

// Actions with a form of their own.
bool read_cut(const Value& value, Rule& rule);
bool read_stall(const Value& value, Rule& rule);
bool read_error_event(const Value& value, Rule& rule);
bool read_garbage(const Value& value, Rule& rule);
bool read_truncate(const Value& value, Rule& rule);
bool read_drip(const Value& value, Rule& rule);
bool read_raw(const Value& value, Rule& rule);
bool read_headers(const Value& value, Rule& rule);
bool read_body(const Value& value, Rule& rule);

}  // namespace tollgate::mock
