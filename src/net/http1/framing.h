#pragma once
// Where a message ends. The one place that reads Content-Length, Transfer-Encoding, Connection, Host and Expect.
//
// Two parties that disagree about where a message ends let a third one slip a request in between. So there is exactly
// one reading here, and whatever could be read in two ways is refused, also where RFC 9112 6.3 would permit a repair:
//
//   Content-Length     once, digits only, at most 64 bits; equal duplicates and `3, 3` are refused
//   Transfer-Encoding  once, exactly `chunked` (in any case), never beside Content-Length, never on HTTP/1.0
//   look-alikes        `Content_Length` and `Transfer_Encoding`, which some servers take for the real ones, are refused

#include <cstdint>
#include <optional>
#include <string_view>

#include "net/http1/fields.h"

namespace tollgate::http {

struct BodyFraming {
  enum class Kind : std::uint8_t {
    none,         // no body
    length,       // `length` bytes, maybe 0
    chunked,
    until_close,  // answers only: everything until the peer closes
  };
  Kind kind = Kind::none;
  std::uint64_t length = 0;

  friend bool operator==(const BodyFraming&, const BodyFraming&) = default;
};

// Why a message is not accepted. After a refusal nothing more may be read from the connection: answer `status` and
// close.
struct Refusal {
  int status = 0;           // of the answer to a client; 0: not refused. For answers of an upstream always 502
  std::string_view what{};  // static text, safe to show

  explicit operator bool() const { return status != 0; }
};

// What the fields say, before the rules that differ between requests and responses.
struct ConnectionFacts {
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool close = false;       // `Connection: close`
  bool keep_alive = false;  // `Connection: keep-alive`
  bool expect_continue = false;
  std::uint32_t host_count = 0;
  std::string_view host;
};
Refusal read_connection_facts(const FieldTable& fields, ConnectionFacts& facts);

// `host`, `host:port`, `[address]` or `[address]:port`; no user, no path, not empty.
bool is_authority(std::string_view text);

}  // namespace tollgate::http
