#pragma once
// The walk over the lines of a head that requests and responses share. For request_head.cpp and response_head.cpp only.

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "net/http1/chars.h"
#include "net/http1/head.h"

namespace tollgate::http::detail {

inline Refusal read_field(std::string_view line, const HeadLimits& limits, FieldTable& fields) {
  if (line.front() == ' ' || line.front() == '\t') return {400, "folded or indented header line"};
  std::size_t colon = 0;
  while (colon < line.size() && is_token_byte(line[colon])) ++colon;
  if (colon == line.size() || line[colon] != ':') return {400, "bad byte in a header name"};
  if (colon == 0) return {400, "empty header name"};
  std::string_view value = line.substr(colon + 1);
  if (!is_value(value)) return {400, "control byte in a header value"};
  if (fields.size() >= limits.field_count_max) return {431, "too many header fields"};
  if (!fields.add({line.substr(0, colon), trimmed(value)})) return {431, "too many header fields"};
  return {};
}

// Rules supply what differs:
//   Refusal first_byte(char, std::size_t at)       of the first line, as soon as it is there
//   Refusal first_line(std::string_view line, std::size_t at)
//   std::size_t first_line_max; Refusal first_line_too_long
//   Refusal finish(const char* buffer)             when all fields are read
template <class Rules, class Head>
ParseStatus walk_lines(std::string_view buffer, std::size_t& resume, Head& head, const HeadLimits& limits,
                       Rules rules) {
  auto bad = [](Refusal refusal) { return ParseStatus{.state = ParseState::bad, .refusal = refusal}; };
  std::size_t head_max = std::min(limits.head_bytes_max, FieldTable::offset_max);
  std::string_view visible = buffer.substr(0, head_max);
  if (resume == 0) {
    head.first_line = {};
    head.fields.clear();
  }
  head.fields.rebase(buffer.data());

  while (resume < visible.size()) {
    std::string_view rest = visible.substr(resume);
    if (!head.first_line.read)
      if (Refusal refusal = rules.first_byte(rest.front(), resume)) return bad(refusal);
    auto* lf = static_cast<const char*>(std::memchr(rest.data(), '\n', rest.size()));
    std::size_t size = lf ? static_cast<std::size_t>(lf - rest.data()) : rest.size();
    if (!head.first_line.read && size > rules.first_line_max) return bad(rules.first_line_too_long);
    if (!lf) break;
    if (size == 0 || lf[-1] != '\r') return bad({400, "line ends without CR"});
    std::string_view line = rest.substr(0, size - 1);
    std::size_t at = resume;
    resume += size + 1;

    if (!head.first_line.read) {
      if (line.empty()) continue;  // first_byte has allowed it
      if (Refusal refusal = rules.first_line(line, at)) return bad(refusal);
      head.first_line.read = true;
    } else if (!line.empty()) {
      if (Refusal refusal = read_field(line, limits, head.fields)) return bad(refusal);
    } else {
      if (Refusal refusal = rules.finish(buffer.data())) return bad(refusal);
      return {.state = ParseState::complete, .head_bytes = resume};
    }
  }
  if (buffer.size() >= head_max) return bad({431, "head too large"});
  return {};
}

// `HTTP/1.0` and `HTTP/1.1` give the minor version.
inline Refusal read_version(std::string_view text, int& minor_version) {
  bool shaped =
      text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' && is_digit(text[7]);
  if (!shaped) return {400, "no HTTP version"};
  if (text[5] != '1' || text[7] > '1') return {505, "only HTTP/1.0 and HTTP/1.1 are served"};
  minor_version = text[7] - '0';
  return {};
}

}  // namespace tollgate::http::detail
