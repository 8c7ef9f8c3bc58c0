#pragma once
// One line of the audit log, as bytes:
//
//   {"v":1,"seq":7,"durable":5,"at":"…","up_ms":12,"kind":"request",…,"personal":{…},"prev":"…","hash":"…"}
//
//   seq       1, 2, 3 … without gaps over all segments
//   durable   the newest line that was known to be on the disk when this one was written: tells a torn end from damage
//   at, up_ms the calendar when it happened, and the milliseconds of a clock that never jumps since the log was opened
//   prev      the hash of the line before; zeros in line 1
//   hash      SHA-256 of "tollgate audit line 1", a line end, and every byte of the line before `,"hash":`
//
// So a line says which line must stand before it, and nothing in it can be changed alone. docs/formats/audit.md has the
// rest.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "crypto/hash.h"

namespace tollgate {

constexpr std::size_t max_audit_line_bytes = 1 << 20;  // with its line end

struct AuditLineHead {
  std::uint64_t seq = 0;
  std::uint64_t durable = 0;
  WallTime at{};
  std::uint64_t up_ms = 0;
};

// What stands for a person in a line.
struct AuditPersonal {
  std::uint64_t person = 0;  // 0: of nobody in particular
  std::string sealed{};      // base64; empty: it could not be sealed, and is lost
};

// Appends the line with its line end and gives its hash. `members` is an object as `encode` makes it.
crypto::Digest append_audit_line(std::string& out, const AuditLineHead& head, std::string_view members,
                                 const AuditPersonal* personal, const crypto::Digest& prev);

// A line taken apart by its fixed ends; views into it.
struct AuditLineView {
  std::uint64_t seq = 0;
  std::uint64_t durable = 0;
  std::string_view at{};    // RFC 3339
  std::string_view kind{};  // request, change, log
  std::string_view prev{};  // 64 hexadecimal digits
  std::string_view hash{};  // 64 hexadecimal digits
  std::string_view covered{};  // the bytes that `hash` is over, without the prefix
};

// Looks at the shape only, not at the hash. `line` is without its line end. Empty when it is no line of ours.
std::optional<AuditLineView> read_audit_line(std::string_view line);

// What `hash` must be.
crypto::Digest hash_of(const AuditLineView& line);

}  // namespace tollgate
