#include "base/address.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace tollgate {
namespace {

constexpr std::size_t v4_offset = 12;  // where the IPv4 bytes stand in the mapped form
constexpr int v4_prefix_bits = 96;
constexpr int groups_count = 8;

std::optional<std::uint8_t> parse_octet(std::string_view text) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  auto value = parse_u64(text);
  if (!value || *value > 255) return std::nullopt;
  return static_cast<std::uint8_t>(*value);
}

std::optional<IpAddress> parse_v4(std::string_view text) {
  if (text.size() > 15) return std::nullopt;
  auto parts = split(text, '.');
  if (parts.size() != 4) return std::nullopt;
  std::uint8_t octets[4] = {};
  for (int i = 0; i < 4; ++i) {
    auto octet = parse_octet(parts[i]);
    if (!octet) return std::nullopt;
    octets[i] = *octet;
  }
  return IpAddress::v4(octets[0], octets[1], octets[2], octets[3]);
}

std::optional<std::uint16_t> parse_group(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  std::uint16_t value = 0;
  for (char c : text) {
    char low = to_lower(c);
    int digit = low >= '0' && low <= '9' ? low - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
    if (digit < 0) return std::nullopt;
    value = static_cast<std::uint16_t>(value * 16 + digit);
  }
  return value;
}

// The groups of one side of `::`; an IPv4 address may stand for the last two. False when it is no such text.
bool parse_groups(std::string_view text, std::array<std::uint16_t, groups_count>& out, int& count, bool may_end_in_v4) {
  count = 0;
  if (text.empty()) return true;
  auto parts = split(text, ':');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    bool last = i + 1 == parts.size();
    if (last && may_end_in_v4 && parts[i].find('.') != std::string_view::npos) {
      auto v4 = parse_v4(parts[i]);
      if (!v4 || count + 2 > groups_count) return false;
      for (std::size_t b = v4_offset; b < 16; b += 2)
        out[count++] = static_cast<std::uint16_t>(v4->bytes[b] << 8 | v4->bytes[b + 1]);
      continue;
    }
    auto group = parse_group(parts[i]);
    if (!group || count == groups_count) return false;
    out[count++] = *group;
  }
  return true;
}

std::optional<IpAddress> parse_v6(std::string_view text) {
  if (text.size() > 45) return std::nullopt;
  std::array<std::uint16_t, groups_count> left{}, right{};
  int left_count = 0, right_count = 0;
  std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    if (!parse_groups(text, left, left_count, true) || left_count != groups_count) return std::nullopt;
  } else {
    if (!parse_groups(text.substr(0, gap), left, left_count, false)) return std::nullopt;
    if (!parse_groups(text.substr(gap + 2), right, right_count, true)) return std::nullopt;
    if (left_count + right_count >= groups_count) return std::nullopt;
  }
  IpAddress address;
  auto put = [&](int group, std::uint16_t value) {
    address.bytes[group * 2] = static_cast<std::uint8_t>(value >> 8);
    address.bytes[group * 2 + 1] = static_cast<std::uint8_t>(value);
  };
  for (int i = 0; i < left_count; ++i) put(i, left[i]);
  for (int i = 0; i < right_count; ++i) put(groups_count - right_count + i, right[i]);
  return address;
}

std::string format_v6(const IpAddress& address) {
  std::uint16_t groups[groups_count];
  for (int i = 0; i < groups_count; ++i)
    groups[i] = static_cast<std::uint16_t>(address.bytes[i * 2] << 8 | address.bytes[i * 2 + 1]);
  int gap = -1, gap_length = 1;  // a single zero is not shortened
  for (int i = 0; i < groups_count; ++i) {
    int end = i;
    while (end < groups_count && groups[end] == 0) ++end;
    if (end - i > gap_length) gap = i, gap_length = end - i;
  }
  std::string out;
  for (int i = 0; i < groups_count; ++i) {
    if (i == gap) {
      out += "::";
      i += gap_length - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    fmt::format_to(std::back_inserter(out), "{:x}", groups[i]);
  }
  return out;
}

}  // namespace

IpAddress IpAddress::v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  IpAddress address;
  address.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d};
  return address;
}

bool IpAddress::is_v4() const { return Cidr{v4(0, 0, 0, 0), v4_prefix_bits}.contains(*this); }

bool IpAddress::is_loopback() const {
  constexpr IpAddress v6_loopback{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
  return *this == v6_loopback || (is_v4() && bytes[v4_offset] == 127);
}

bool IpAddress::is_any() const { return *this == IpAddress{} || *this == v4(0, 0, 0, 0); }

std::optional<IpAddress> parse_ip(std::string_view text) {
  return text.find(':') == std::string_view::npos ? parse_v4(text) : parse_v6(text);
}

std::string format_ip(const IpAddress& address) {
  if (!address.is_v4()) return format_v6(address);
  const auto& b = address.bytes;
  return fmt::format("{}.{}.{}.{}", b[12], b[13], b[14], b[15]);
}

bool Cidr::contains(const IpAddress& address) const {
  int whole = prefix_bits / 8, rest = prefix_bits % 8;
  if (!std::equal(base.bytes.begin(), base.bytes.begin() + whole, address.bytes.begin())) return false;
  if (rest == 0) return true;
  auto mask = static_cast<std::uint8_t>(0xff << (8 - rest));
  return (base.bytes[whole] & mask) == (address.bytes[whole] & mask);
}

std::optional<Cidr> parse_cidr(std::string_view text) {
  std::size_t slash = text.find('/');
  auto base = parse_ip(text.substr(0, slash));
  if (!base) return std::nullopt;
  if (slash == std::string_view::npos) return Cidr{*base, 128};
  bool written_as_v4 = text.substr(0, slash).find(':') == std::string_view::npos;
  std::string_view digits = text.substr(slash + 1);
  auto bits = parse_u64(digits);
  if (!bits || *bits > (written_as_v4 ? 32u : 128u) || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
  Cidr block{*base, static_cast<int>(*bits) + (written_as_v4 ? v4_prefix_bits : 0)};
  for (int bit = block.prefix_bits; bit < 128; ++bit)
    if (base->bytes[bit / 8] & (0x80 >> bit % 8)) return std::nullopt;
  return block;
}

std::string format_cidr(const Cidr& block) {
  if (block.prefix_bits == 128) return format_ip(block.base);
  int written = block.base.is_v4() ? block.prefix_bits - v4_prefix_bits : block.prefix_bits;
  return fmt::format("{}/{}", format_ip(block.base), written);
}

bool ListenAddress::collides(const ListenAddress& other) const {
  if (port == 0 || port != other.port) return false;
  if (ip == other.ip) return true;
  auto covers = [](const IpAddress& any, const IpAddress& one) {
    return any.is_any() && (!any.is_v4() || one.is_v4());
  };
  return covers(ip, other.ip) || covers(other.ip, ip);
}

std::optional<ListenAddress> parse_listen(std::string_view text) {
  std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon), port_text = text.substr(colon + 1);
  bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (bracketed != (host.find(':') != std::string_view::npos)) return std::nullopt;
  auto ip = parse_ip(host);
  auto port = parse_u64(port_text);
  if (!ip || !port || *port > 65535 || (port_text.size() > 1 && port_text[0] == '0')) return std::nullopt;
  return ListenAddress{*ip, static_cast<std::uint16_t>(*port)};
}

std::string format_listen(const ListenAddress& address) {
  std::string host = format_ip(address.ip);
  if (!address.ip.is_v4()) host = "[" + host + "]";
  return fmt::format("{}:{}", host, address.port);
}

}  // namespace tollgate
