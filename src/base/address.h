#pragma once
// Addresses as values: no sockets, no name resolution. An IPv4 address is kept as its mapped IPv6 form, so one
// comparison and one prefix test serve both, and `::ffff:10.0.0.1` cannot slip past a rule about `10.0.0.1`.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tollgate {

struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};  // network order

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
  bool is_v4() const;
  bool is_loopback() const;  // 127.0.0.0/8 or ::1
  bool is_any() const;       // 0.0.0.0 or ::

  static IpAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d);
};
// Dotted decimal without leading zeros, or RFC 4291 text; no zone, no brackets.
std::optional<IpAddress> parse_ip(std::string_view text);
// RFC 5952: lower case, the first longest run of zeros shortened.
std::string format_ip(const IpAddress& address);

// `10.0.0.0/8`, `fd00::/8`, or an address alone. Bits beyond the prefix must be zero: `10.0.0.1/8` is a slip of the
// pen.
struct Cidr {
  IpAddress base;
  int prefix_bits = 128;  // of the mapped form: 96 more than written for IPv4

  friend bool operator==(const Cidr&, const Cidr&) = default;
  bool contains(const IpAddress& address) const;
};
std::optional<Cidr> parse_cidr(std::string_view text);
std::string format_cidr(const Cidr& block);

// Where to listen: `127.0.0.1:8080`, `[::1]:8080`. Port 0 is any free one.
struct ListenAddress {
  IpAddress ip;
  std::uint16_t port = 0;

  friend auto operator<=>(const ListenAddress&, const ListenAddress&) = default;
  // Whether both cannot be open at once; `::` is taken to cover IPv4 too.
  bool collides(const ListenAddress& other) const;
};
std::optional<ListenAddress> parse_listen(std::string_view text);
std::string format_listen(const ListenAddress& address);

}  // namespace tollgate
