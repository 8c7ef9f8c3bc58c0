#pragma once
// An http or https address of a configuration file, read strictly: no user and password, no query, no fragment, no back
// slash, no control character, no dot segments, an ASCII host. What two readers could understand differently is
// refused.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace tollgate {

struct Url {
  bool tls = false;
  std::string host;  // lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::string path;  // without the slash at the end: empty, or `/v1`

  friend bool operator==(const Url&, const Url&) = default;
  bool default_port() const { return port == (tls ? 443 : 80); }
  // As in a Host field: `api.openai.com`, `127.0.0.1:9100`, `[::1]:9100`.
  std::string authority() const;
  std::string text() const;
};

// The error is static text: "has no host", "has a query".
std::expected<Url, std::string_view> parse_url(std::string_view text);

}  // namespace tollgate
