#include "net/proxy_protocol.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace tollgate {
namespace {

using namespace std::string_view_literals;

constexpr ProxyHeader wrong{.state = ProxyHeader::State::wrong};
constexpr ProxyHeader needs_more{};

constexpr std::string_view mark_v1 = "PROXY ";
constexpr std::string_view mark_v2 = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t line_bytes_max = 107;  // "so a 108-byte buffer is always enough", 2.1
constexpr std::size_t fixed_v2 = 16;

std::optional<std::uint16_t> port_of(std::string_view text) {
  auto port = parse_u64(text);
  if (!port || *port > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

// PROXY TCP4 192.0.2.1 198.51.100.1 56324 443
ProxyHeader read_v1(std::string_view bytes) {
  std::size_t end = bytes.substr(0, line_bytes_max).find("\r\n");
  if (end == std::string_view::npos) return bytes.size() >= line_bytes_max ? wrong : needs_more;
  std::string_view line = bytes.substr(mark_v1.size(), end - mark_v1.size());
  ProxyHeader header{.state = ProxyHeader::State::whole, .bytes = end + 2};
  if (line.starts_with("UNKNOWN")) return header;
  std::array<std::string_view, 5> words;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::size_t space = line.find(' ');
    if ((space == std::string_view::npos) != (i + 1 == words.size())) return wrong;
    words[i] = line.substr(0, space);
    line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
  }
  auto from = parse_ip(words[1]);
  auto port = port_of(words[3]);
  bool family_fits = from && (words[0] == "TCP4" ? from->is_v4() : words[0] == "TCP6" && !from->is_v4());
  if (!family_fits || !parse_ip(words[2]) || !port || !port_of(words[4])) return wrong;
  header.client = PeerAddress{*from, *port};
  return header;
}

std::uint16_t big_endian(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[at]) << 8 | static_cast<unsigned char>(bytes[at + 1]));
}

ProxyHeader read_v2(std::string_view bytes) {
  if (bytes.size() < fixed_v2) return needs_more;
  unsigned version_command = static_cast<unsigned char>(bytes[12]), family = static_cast<unsigned char>(bytes[13]);
  std::size_t length = big_endian(bytes, 14);
  if (version_command != 0x20 && version_command != 0x21) return wrong;
  if (fixed_v2 + length > proxy_header_bytes_max) return wrong;
  if (bytes.size() < fixed_v2 + length) return needs_more;
  ProxyHeader header{.state = ProxyHeader::State::whole, .bytes = fixed_v2 + length};
  if (version_command == 0x20) return header;  // LOCAL: a health check of the balancer's own
  std::string_view addresses = bytes.substr(fixed_v2, length);
  const auto* raw = reinterpret_cast<const std::uint8_t*>(addresses.data());
  if (family == 0x11) {  // TCP over IPv4
    if (length < 12) return wrong;
    header.client = PeerAddress{IpAddress::v4(raw[0], raw[1], raw[2], raw[3]), big_endian(addresses, 8)};
  } else if (family == 0x21) {  // TCP over IPv6
    if (length < 36) return wrong;
    IpAddress from;
    std::copy_n(raw, from.bytes.size(), from.bytes.begin());
    header.client = PeerAddress{from, big_endian(addresses, 32)};
  }
  return header;
}

// Whether what is there could still become this mark.
bool begins(std::string_view bytes, std::string_view mark) { return mark.starts_with(bytes.substr(0, mark.size())); }

}  // namespace

ProxyHeader read_proxy_header(std::string_view bytes) {
  if (bytes.starts_with(mark_v1)) return read_v1(bytes);
  if (bytes.starts_with(mark_v2)) return read_v2(bytes);
  return begins(bytes, mark_v1) || begins(bytes, mark_v2) ? needs_more : wrong;
}

}  // namespace tollgate
