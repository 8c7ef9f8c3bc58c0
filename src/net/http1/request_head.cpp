#include "base/text.h"
#include "net/http1/head.h"
#include "net/http1/lines.h"

namespace tollgate::http {
namespace {

// The bytes of an absolute-form target before its path: `http://host:port`. 0 for another form or scheme.
std::size_t scheme_size(std::string_view target) {
  for (std::string_view scheme : {"http://", "https://"})
    if (target.size() >= scheme.size() && iequals(target.substr(0, scheme.size()), scheme)) return scheme.size();
  return 0;
}

struct RequestRules {
  RequestHead& head;
  const HeadLimits& limits;
  std::size_t first_line_max = method_bytes_max + limits.target_bytes_max + sizeof("  HTTP/1.1\r") - 1;
  Refusal first_line_too_long{414, "request line too long"};

  Refusal first_byte(char c, std::size_t at) const {
    if (is_token_byte(c) || (c == '\r' && at == 0)) return {};
    return {400, "request does not start with a method"};
  }

  Refusal first_line(std::string_view line, std::size_t at) {
    std::size_t first = line.find(' '), second = line.find(' ', first + 1);
    if (first == line.npos || second == line.npos || !is_token(line.substr(0, first))) return {400, "bad request line"};
    head.first_line = {.at = static_cast<std::uint16_t>(at),
                       .method_size = static_cast<std::uint16_t>(first),
                       .target_size = static_cast<std::uint16_t>(second - first - 1)};
    if (Refusal refusal = detail::read_version(line.substr(second + 1), head.minor_version)) return refusal;
    if (first > method_bytes_max) return {501, "method too long"};
    return target(line.substr(0, first), line.substr(first + 1, second - first - 1));
  }

  Refusal target(std::string_view method, std::string_view target) {
    if (target.size() > limits.target_bytes_max) return {414, "request target too long"};
    // Nothing here tunnels or echoes: refused before anyone can dial or mirror.
    if (method == "CONNECT" || method == "TRACE") return {405, "method not allowed"};
    if (!is_target(target)) return {400, "bad byte in the request target"};
    if (target.front() == '/') return {};
    if (target == "*") return method == "OPTIONS" ? Refusal{} : Refusal{400, "target * is for OPTIONS only"};
    std::size_t scheme = scheme_size(target);
    if (scheme == 0) return {400, "request target is neither a path nor an http URL"};
    std::size_t origin = std::min(target.find_first_of("/?", scheme), target.size());
    if (!is_authority(target.substr(scheme, origin - scheme))) return {400, "bad host in the request target"};
    head.first_line.origin_at = static_cast<std::uint16_t>(origin);
    return {};
  }

  Refusal finish(const char* buffer) {
    const auto& line = head.first_line;
    head.method = {buffer + line.at, line.method_size};
    head.target = {buffer + line.at + line.method_size + 1, line.target_size};
    head.origin = head.target.substr(line.origin_at);
    ConnectionFacts facts;
    if (Refusal refusal = read_connection_facts(head.fields, facts)) return refusal;
    if (Refusal refusal = host(facts)) return refusal;
    return body(facts);
  }

  // RFC 9112 3.2: exactly one Host, which an HTTP/1.0 client may leave out. 3.2.2 would let an absolute target win over
  // another Host; two parsers may differ there, so they must agree.
  Refusal host(const ConnectionFacts& facts) const {
    if (facts.host_count > 1) return {400, "more than one Host"};
    if (facts.host_count == 0 && head.minor_version == 1) return {400, "no Host"};
    if (head.first_line.origin_at == 0 || facts.host_count == 0) return {};
    std::string_view authority = head.target.substr(0, head.first_line.origin_at);
    authority.remove_prefix(scheme_size(authority));
    return iequals(authority, facts.host) ? Refusal{} : Refusal{400, "Host differs from the request target"};
  }

  Refusal body(const ConnectionFacts& facts) {
    if (facts.chunked && head.minor_version == 0) return {400, "Transfer-Encoding on HTTP/1.0"};
    head.framing = {};
    if (facts.chunked) head.framing = {.kind = BodyFraming::Kind::chunked};
    if (facts.content_length) head.framing = {.kind = BodyFraming::Kind::length, .length = *facts.content_length};
    // RFC 9110 10.1.1: an HTTP/1.0 client cannot wait for an interim answer.
    head.expect_continue = facts.expect_continue && head.minor_version == 1;
    // RFC 9110 9.3.1 warns of bodies where some servers expect none: we read it, but nothing may follow it.
    bool odd_body = (head.method == "GET" || head.method == "HEAD") && (facts.chunked || head.framing.length > 0);
    head.keep_alive = !facts.close && !odd_body && (head.minor_version == 1 || facts.keep_alive);
    return {};
  }
};

}  // namespace

ParseStatus parse_request_head(std::string_view buffer, std::size_t& resume, RequestHead& head,
                               const HeadLimits& limits) {
  return detail::walk_lines(buffer, resume, head, limits, RequestRules{.head = head, .limits = limits});
}

}  // namespace tollgate::http
