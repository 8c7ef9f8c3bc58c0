#include "net/http1/target.h"

#include <algorithm>

#include "base/text.h"
#include "net/http1/chars.h"

namespace tollgate::http {
namespace {

constexpr std::size_t escape_size = 3;  // %XX

// The byte that the escape at the front stands for, or -1.
int escaped_byte(std::string_view text) {
  if (text.size() < escape_size) return -1;
  int high = hex_digit(text[1]), low = hex_digit(text[2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

Refusal check_escaped(int byte) {
  if (byte < 0) return {400, "broken escape in the path"};
  if (byte < 0x20 || byte == 0x7F || byte == '/' || byte == '\\')
    return {400, "encoded separator or control byte in the path"};
  if (byte == '%' || byte == '?' || byte == '#') return {404, "no such path"};
  return {};
}

std::expected<std::string_view, Refusal> decode_path(std::string_view path, std::span<char> room) {
  if (path.find('%') == path.npos) return path;
  if (room.size() < path.size()) return std::unexpected(Refusal{414, "request target too long"});
  std::size_t size = 0;
  while (!path.empty()) {
    bool escape = path.front() == '%';
    int byte = escape ? escaped_byte(path) : path.front();
    if (escape)
      if (Refusal refusal = check_escaped(byte)) return std::unexpected(refusal);
    room[size++] = static_cast<char>(byte);
    path.remove_prefix(escape ? escape_size : 1);
  }
  return std::string_view(room.data(), size);
}

Refusal check_segments(std::string_view path) {
  if (path.find('\\') != path.npos) return {400, "backslash in the path"};
  if (!valid_utf8(path)) return {400, "path is not UTF-8"};
  for (std::string_view rest = path.substr(1);;) {
    std::size_t end = std::min(rest.find('/'), rest.size());
    std::string_view segment = rest.substr(0, end);
    if (segment == "." || segment == "..") return {400, "dot segment in the path"};
    if (segment.find(';') != segment.npos) return {404, "no such path"};
    if (end == rest.size()) return {};
    if (segment.empty()) return {404, "no such path"};
    rest.remove_prefix(end + 1);
  }
}

// Whether `encoded`, decoded, is `plain`.
bool decodes_to(std::string_view encoded, std::string_view plain) {
  for (; !encoded.empty() && !plain.empty(); plain.remove_prefix(1)) {
    int byte = encoded.front() == '%' ? escaped_byte(encoded) : encoded.front() == '+' ? ' ' : encoded.front();
    if (byte < 0 || static_cast<char>(byte) != plain.front()) return false;
    encoded.remove_prefix(encoded.front() == '%' ? escape_size : 1);
  }
  return encoded.empty() && plain.empty();
}

}  // namespace

std::expected<RequestPath, Refusal> read_path(std::string_view origin, std::span<char> room) {
  std::size_t mark = std::min(origin.find('?'), origin.size());
  std::string_view query = origin.substr(std::min(mark + 1, origin.size()));
  std::string_view raw = origin.substr(0, mark);
  if (raw.empty()) raw = "/";  // RFC 9110 4.2.3: an http URL without a path
  if (raw == "*") return RequestPath{raw, query};
  if (raw.front() != '/') return std::unexpected(Refusal{400, "path does not start with a slash"});
  auto path = decode_path(raw, room);
  if (!path) return std::unexpected(path.error());
  if (Refusal refusal = check_segments(*path)) return std::unexpected(refusal);
  return RequestPath{*path, query};
}

bool QueryParameters::next(QueryParameter& parameter) {
  while (!rest_.empty()) {
    std::size_t end = std::min(rest_.find('&'), rest_.size());
    std::string_view pair = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (pair.empty()) continue;
    std::size_t equals = std::min(pair.find('='), pair.size());
    parameter = {pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size()))};
    return true;
  }
  return false;
}

std::optional<std::string_view> find_parameter(std::string_view query, std::string_view name) {
  QueryParameters parameters(query);
  for (QueryParameter parameter; parameters.next(parameter);)
    if (decodes_to(parameter.name, name)) return parameter.value;
  return std::nullopt;
}

std::optional<std::string_view> decode_parameter(std::string_view text, std::span<char> room) {
  if (text.find_first_of("%+") == text.npos) return text;
  if (room.size() < text.size()) return std::nullopt;
  std::size_t size = 0;
  while (!text.empty()) {
    bool escape = text.front() == '%';
    int byte = escape ? escaped_byte(text) : text.front() == '+' ? ' ' : text.front();
    if (escape && byte <= 0) return std::nullopt;
    room[size++] = static_cast<char>(byte);
    text.remove_prefix(escape ? escape_size : 1);
  }
  return std::string_view(room.data(), size);
}

}  // namespace tollgate::http
