#include "base/url.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/address.h"
#include "base/text.h"

namespace tollgate {
namespace {

using Why = std::unexpected<std::string_view>;
constexpr std::size_t max_url_bytes = 2048;
constexpr std::size_t max_host_bytes = 253;  // RFC 1035, 2.3.4
constexpr std::size_t max_label_bytes = 63;

bool letter_or_digit(char c) {
  char low = to_lower(c);
  return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9');
}

// Letters, digits, hyphens and (for names inside a container network) underscores, in dotted labels.
bool valid_host_name(std::string_view host) {
  if (host.empty() || host.size() > max_host_bytes) return false;
  for (std::string_view label : split(host, '.')) {
    if (label.empty() || label.size() > max_label_bytes || label.front() == '-' || label.back() == '-') return false;
    if (!std::ranges::all_of(label, [](char c) { return letter_or_digit(c) || c == '-' || c == '_'; })) return false;
  }
  // `1.2.3` or `0x7f.1`: some resolvers take these for addresses.
  std::string_view last = host.substr(host.rfind('.') == std::string_view::npos ? 0 : host.rfind('.') + 1);
  return !(last[0] >= '0' && last[0] <= '9');
}

std::expected<void, std::string_view> read_authority(std::string_view text, Url& url) {
  if (text.find('@') != std::string_view::npos) return Why("has a user name or password in it");
  bool bracketed = text.starts_with('[');
  std::size_t end = bracketed ? text.find(']') : text.find(':');
  std::string_view host = text.substr(0, end);
  std::string_view rest = end == std::string_view::npos ? "" : text.substr(end);
  if (bracketed) {
    if (end == std::string_view::npos) return Why("has an unclosed `[`");
    host.remove_prefix(1);
    rest.remove_prefix(1);
    if (host.find(':') == std::string_view::npos || !parse_ip(host))
      return Why("has no valid IPv6 address in its brackets");
  } else if (host.empty()) {
    return Why("has no host");
  } else if (!parse_ip(host) && !valid_host_name(host)) {
    return Why("has no valid host");
  }
  url.host = lower(host);
  url.port = url.tls ? 443 : 80;
  if (rest.empty()) return {};
  auto port = parse_u64(rest.substr(1));
  if (rest[0] != ':' || !port || *port == 0 || *port > 65535) return Why("has no valid port");
  url.port = static_cast<std::uint16_t>(*port);
  return {};
}

std::expected<void, std::string_view> read_path(std::string_view text, Url& url) {
  if (text.find('%') != std::string_view::npos) return Why("has a percent escape in its path");
  while (text.ends_with('/')) text.remove_suffix(1);
  if (text.empty()) return {};
  for (std::string_view segment : split(text.substr(1), '/'))
    if (segment.empty() || segment == "." || segment == "..") return Why("has an empty or dotted part in its path");
  url.path = text;
  return {};
}

}  // namespace

std::string Url::authority() const {
  std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return default_port() ? name : fmt::format("{}:{}", name, port);
}

std::string Url::text() const { return fmt::format("{}://{}{}", tls ? "https" : "http", authority(), path); }

std::expected<Url, std::string_view> parse_url(std::string_view text) {
  if (text.size() > max_url_bytes) return Why("is too long");
  for (char c : text)
    if (c <= ' ' || c > '~' || c == '\\' || c == '"' || c == '<' || c == '>')
      return Why("has a character that no URL has");
  Url url;
  std::size_t scheme_end = text.find("://");
  std::string scheme = scheme_end == std::string_view::npos ? "" : lower(text.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https") return Why("does not start with https:// or http://");
  url.tls = scheme == "https";
  text.remove_prefix(scheme.size() + 3);
  if (text.find('#') != std::string_view::npos) return Why("has a fragment");
  if (text.find('?') != std::string_view::npos) return Why("has a query");
  std::size_t slash = text.find('/');
  if (auto read = read_authority(text.substr(0, slash), url); !read) return Why(read.error());
  if (slash == std::string_view::npos) return url;
  if (auto read = read_path(text.substr(slash), url); !read) return Why(read.error());
  return url;
}

}  // namespace tollgate
