#include "net/http1/framing.h"

#include <algorithm>

#include "base/text.h"
#include "net/http1/chars.h"

namespace tollgate::http {
namespace {

constexpr std::uint64_t port_max = 65535;

// Registered codings that we do not undo: an honest peer deserves to hear 501 (RFC 9112 6.1), everything else is noise.
bool is_known_coding(std::string_view value) {
  constexpr std::string_view known[] = {"gzip", "deflate", "compress", "x-gzip", "x-compress"};
  return std::any_of(std::begin(known), std::end(known), [&](std::string_view k) { return iequals(k, value); });
}

struct Reader {
  ConnectionFacts& facts;
  bool coding_seen = false;
  Refusal coding_refused{};  // told only when no Content-Length stands beside it, which is the worse fault

  Refusal length(std::string_view value) {
    if (facts.content_length) return {400, "more than one Content-Length"};
    facts.content_length = parse_u64(value);
    if (!facts.content_length) return {400, "Content-Length is not a number"};
    return {};
  }

  Refusal coding(std::string_view value) {
    if (coding_seen) return {400, "more than one Transfer-Encoding"};
    coding_seen = true;
    facts.chunked = iequals(value, "chunked");
    if (is_known_coding(value)) coding_refused = {501, "Transfer-Encoding other than chunked is not served"};
    else if (!facts.chunked) coding_refused = {400, "Transfer-Encoding is not chunked"};
    return {};
  }

  Refusal connection(std::string_view value) {
    ListElements elements(value);
    for (std::string_view element; elements.next(element);) {
      if (!is_token(element)) return {400, "Connection is not a list of names"};
      facts.close |= iequals(element, "close");
      facts.keep_alive |= iequals(element, "keep-alive");
    }
    return {};
  }

  Refusal host(std::string_view value) {
    ++facts.host_count;
    facts.host = value;
    if (!is_authority(value)) return {400, "Host is not a host name"};
    return {};
  }

  Refusal expect(std::string_view value) {
    if (facts.expect_continue || !iequals(value, "100-continue")) return {417, "only Expect: 100-continue is known"};
    facts.expect_continue = true;
    return {};
  }

  // The length of a name picks the few fields that matter without comparing the others.
  Refusal read(Field field) {
    switch (field.name.size()) {
      case 4: return iequals(field.name, "host") ? host(field.value) : Refusal{};
      case 6: return iequals(field.name, "expect") ? expect(field.value) : Refusal{};
      case 10: return iequals(field.name, "connection") ? connection(field.value) : Refusal{};
      case 14:
        if (iequals(field.name, "content_length")) return {400, "Content_Length looks like Content-Length"};
        return iequals(field.name, "content-length") ? length(field.value) : Refusal{};
      case 17:
        if (iequals(field.name, "transfer_encoding")) return {400, "Transfer_Encoding looks like Transfer-Encoding"};
        return iequals(field.name, "transfer-encoding") ? coding(field.value) : Refusal{};
      default: return {};
    }
  }
};

bool is_port(std::string_view text) {
  auto number = parse_u64(text);
  return number && text.size() <= 5 && *number <= port_max;
}

bool is_address_literal(std::string_view text) {
  if (text.size() < 4 || text.front() != '[' || text.back() != ']') return false;
  text = text.substr(1, text.size() - 2);
  return std::all_of(text.begin(), text.end(), [](char c) { return hex_digit(c) >= 0 || c == ':' || c == '.'; });
}

}  // namespace

Refusal read_connection_facts(const FieldTable& fields, ConnectionFacts& facts) {
  Reader reader{.facts = facts};
  for (Field field : fields)
    if (Refusal refusal = reader.read(field)) return refusal;
  if (reader.coding_seen && facts.content_length) return {400, "Content-Length beside Transfer-Encoding"};
  return reader.coding_refused;
}

bool is_authority(std::string_view text) {
  std::size_t host_end = text.starts_with('[') ? text.find(']') + 1 : std::min(text.find(':'), text.size());
  std::string_view host = text.substr(0, host_end), port = text.substr(host_end);
  if (!port.empty() && (port.front() != ':' || !is_port(port.substr(1)))) return false;
  if (host.starts_with('[')) return is_address_literal(host);
  return !host.empty() && std::all_of(host.begin(), host.end(), is_host_byte);
}

}  // namespace tollgate::http
