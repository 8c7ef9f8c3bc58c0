#pragma once
// Reads the head of a request or of a response, strictly, as its bytes arrive. No I/O, no allocation, no copy.
//
//   std::size_t resume = 0;
//   RequestHead head;
//   for (;;) {
//     ParseStatus parsed = parse_request_head(buffer, resume, head);
//     if (parsed.state == ParseState::bad) return refuse(parsed.refusal);     // answer, then close: never read on
//     if (parsed.state == ParseState::complete) break;                        // the body starts at parsed.head_bytes
//     read_more(buffer);                                                      // may move the bytes
//   }
//
// Lines are judged one by one as they come, so a broken request line is refused before the rest is there, and the
// verdict is the same however the bytes were cut. Stricter than RFC 9112 where a reading could differ between two
// parsers: CRLF only, no folding, no blank before a colon, one blank between the parts of the request line, printable
// ASCII targets without fragment. One empty line before a request is skipped (RFC 9112 2.2); before a response it is an
// error. Upgrade is ignored.
//
// REQUIRES: the same `resume` and `head` from the first call (resume = 0) to the last, and a buffer that still starts
// with the same bytes. The views in `head` are valid once complete, as long as the buffer stays where it was at that
// call.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "net/http1/fields.h"
#include "net/http1/framing.h"

namespace tollgate::http {

struct HeadLimits {
  std::size_t head_bytes_max = 32 * 1024;   // 431; at most FieldTable::offset_max counts
  std::size_t target_bytes_max = 8 * 1024;  // 414
  std::size_t field_count_max = FieldTable::capacity;  // 431; more than the capacity is the capacity
};
constexpr std::size_t method_bytes_max = 32;  // 501

enum class ParseState : std::uint8_t { need_more, complete, bad };

struct ParseStatus {
  ParseState state = ParseState::need_more;
  std::size_t head_bytes = 0;  // complete: size of the head with its empty line
  Refusal refusal{};           // bad
};

struct RequestHead {
  std::string_view method;  // a token; which ones exist is routing's matter. CONNECT and TRACE never get here (405)
  std::string_view target;  // as sent: `/path?query`, `http://host/path`, or `*` with OPTIONS
  std::string_view origin;  // the target without scheme and host; then it may be empty or start with `?`. See target.h
  int minor_version = 1;    // HTTP/1.0 or HTTP/1.1
  FieldTable fields;
  BodyFraming framing;
  bool keep_alive = false;       // another request may follow here; false also after a GET or HEAD with a body
  bool expect_continue = false;  // the client waits for `100 Continue` before it sends the body

  // Where the parts of the first line are, while the head is still arriving. For the parser.
  struct FirstLine {
    std::uint16_t at = 0, method_size = 0, target_size = 0, origin_at = 0;
    bool read = false;
  } first_line;
};

ParseStatus parse_request_head(std::string_view buffer, std::size_t& resume, RequestHead& head,
                               const HeadLimits& limits = {});

struct ResponseHead {
  int status = 0;           // 100 to 999, never 101: nobody asked for an upgrade
  std::string_view reason;  // may be empty
  int minor_version = 1;
  FieldTable fields;
  BodyFraming framing;
  bool keep_alive = false;

  struct FirstLine {
    std::uint16_t reason_at = 0, reason_size = 0;
    bool read = false;
  } first_line;

  // 100, 102, 103: not the answer yet; another head follows. The caller bounds how many it skips.
  bool interim() const { return status < 200; }
};

// `request_method` is that of the request this answers: answers to HEAD have no body, nor has a 2xx to CONNECT, behind
// which the tunnel begins. Every refusal is a 502.
ParseStatus parse_response_head(std::string_view buffer, std::size_t& resume, std::string_view request_method,
                                ResponseHead& head, const HeadLimits& limits = {});

}  // namespace tollgate::http
