#include "net/http1/head.h"
#include "net/http1/lines.h"

namespace tollgate::http {
namespace {

constexpr std::size_t status_line_min = sizeof("HTTP/1.1 200") - 1;

struct ResponseRules {
  ResponseHead& head;
  std::string_view request_method;
  std::size_t first_line_max = FieldTable::offset_max;  // the bound of the whole head is enough
  Refusal first_line_too_long{};

  Refusal first_byte(char c, std::size_t) const { return c == 'H' ? Refusal{} : Refusal{502, "answer is not HTTP"}; }

  // `HTTP/1.1 200 OK`; the reason, and the blank before it, may be left out.
  Refusal first_line(std::string_view line, std::size_t at) {
    if (Refusal refusal = detail::read_version(line.substr(0, 8), head.minor_version)) return refusal;
    if (line.size() < status_line_min || line[8] != ' ') return {502, "bad status line"};
    std::string_view digits = line.substr(9, 3), rest = line.substr(status_line_min);
    bool numeric = digits[0] >= '1' && is_digit(digits[0]) && is_digit(digits[1]) && is_digit(digits[2]);
    if (!numeric || (!rest.empty() && rest.front() != ' ') || !is_value(rest)) return {502, "bad status line"};
    head.status = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
    std::size_t reason_at = at + std::min(line.size(), status_line_min + 1);
    head.first_line = {.reason_at = static_cast<std::uint16_t>(reason_at),
                       .reason_size = static_cast<std::uint16_t>(at + line.size() - reason_at)};
    return head.status == 101 ? Refusal{502, "upgrade that nobody asked for"} : Refusal{};
  }

  Refusal finish(const char* buffer) {
    head.reason = {buffer + head.first_line.reason_at, head.first_line.reason_size};
    ConnectionFacts facts;
    if (Refusal refusal = read_connection_facts(head.fields, facts)) return refusal;
    if (facts.chunked && head.minor_version == 0) return {502, "Transfer-Encoding on HTTP/1.0"};
    if (Refusal refusal = body(facts)) return refusal;
    head.keep_alive = !facts.close && head.framing.kind != BodyFraming::Kind::until_close &&
                      (head.minor_version == 1 || facts.keep_alive);
    return {};
  }

  // RFC 9112 6.3, in its order. Where the status forbids a body and the fields announce one, we do not guess.
  Refusal body(const ConnectionFacts& facts) {
    using Kind = BodyFraming::Kind;
    head.framing = {};
    if (request_method == "CONNECT" && head.status / 100 == 2) return {};  // what follows is the tunnel
    if (head.interim() || head.status == 204) {
      bool announced = facts.chunked || facts.content_length.value_or(0) > 0;
      return announced ? Refusal{502, "body announced with a status that has none"} : Refusal{};
    }
    if (request_method == "HEAD" || head.status == 304) return {};
    if (facts.chunked) head.framing = {.kind = Kind::chunked};
    else if (facts.content_length) head.framing = {.kind = Kind::length, .length = *facts.content_length};
    else head.framing = {.kind = Kind::until_close};
    return {};
  }
};

}  // namespace

ParseStatus parse_response_head(std::string_view buffer, std::size_t& resume, std::string_view request_method,
                                ResponseHead& head, const HeadLimits& limits) {
  ParseStatus status = detail::walk_lines(buffer, resume, head, limits,
                                          ResponseRules{.head = head, .request_method = request_method});
  if (status.state == ParseState::bad) status.refusal.status = 502;
  return status;
}

}  // namespace tollgate::http
