#pragma once
// What a request asks for, in one spelling. Read once, before routing and authorisation, so that both see the same
// path.
//
// A path has exactly one accepted spelling, up to percent-encoding of harmless bytes. What another server might resolve
// to a different path is refused, never repaired:
//
//   400  broken escapes, any backslash, encoded slash, NUL or control byte, `.` and `..` segments, bad UTF-8
//   404  `//`, `;`, and escapes that decode to `%`, `?` or `#`: well formed, but no path of ours is spelt so

#include <cstddef>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

#include "net/http1/framing.h"

namespace tollgate::http {

struct RequestPath {
  std::string_view path;   // decoded; starts with `/`, or is `*`
  std::string_view query;  // as sent, without the `?`; read it with QueryParameters
};

// `origin` is RequestHead::origin. A path without escapes is a view into it, another is decoded into `room`, which must
// be as long as the path (else 414).
std::expected<RequestPath, Refusal> read_path(std::string_view origin, std::span<char> room);

// The `name=value` pairs of a query, in order, as sent. Pairs that are empty are left out.
struct QueryParameter {
  std::string_view name;
  std::string_view value;
};
class QueryParameters {
 public:
  explicit QueryParameters(std::string_view query) : rest_(query) {}
  bool next(QueryParameter& parameter);

 private:
  std::string_view rest_;
};

// The value, as sent, of the first parameter whose decoded name is `name`.
std::optional<std::string_view> find_parameter(std::string_view query, std::string_view name);

// Undoes `%XX` and `+` in a name or value of a query. Empty for a broken escape, NUL, or too little room (text.size()
// is enough).
std::optional<std::string_view> decode_parameter(std::string_view text, std::span<char> room);

}  // namespace tollgate::http
