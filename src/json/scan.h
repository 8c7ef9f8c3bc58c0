#pragma once
// One strict forward pass over a whole JSON text in memory: afterwards its bytes may be forwarded as they are, and
// walked (value.h) without another check. No tree, no recursion, and no allocation for ordinary texts (see keys.h).
//
// Strict means RFC 8259 and no reading on which two parsers may differ: duplicate keys (compared decoded), invalid
// UTF-8, lone surrogate escapes, a byte order mark, numbers outside the range of a double, and deep nesting are
// refused. Each choice has its reason in docs/decisions/json-strictness.md. Time is linear in the text (n log n in the
// keys of one very large object).

#include <cstddef>
#include <expected>
#include <span>
#include <string_view>

#include "json/value.h"

namespace tollgate::json {

constexpr int default_max_depth = 128;                    // open brackets at once
constexpr int max_depth_limit = 1024;                     // no option goes beyond
constexpr std::size_t max_text_size = std::size_t{1} << 31;

struct ScanOptions {
  int max_depth = default_max_depth;
  bool refuse_duplicates = true;  // off for providers' answers: those are theirs
};

struct Fault {
  std::string_view what;   // static text, fit for a user: "duplicate key", "invalid UTF-8", "nested deeper than 128"
  std::size_t offset = 0;  // of the byte at fault; a duplicate key's second appearance
};

// Validates all of `text`; there may be white space around the value. The value's extent on success.
std::expected<Value, Fault> scan(std::string_view text, ScanOptions options = {});

// The same for a text that must be an object, and records its members of the first level on the way, so that a body is
// read once. `count` is the number of members that there are; only the first out.size() of them are in `out`.
std::expected<Value, Fault> scan_object(std::string_view text, ScanOptions options, std::span<Member> out,
                                        std::size_t& count);

}  // namespace tollgate::json
