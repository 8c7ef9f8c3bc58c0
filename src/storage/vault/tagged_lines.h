#pragma once
// The frame that vault.jsonl and keys.jsonl share: JSON lines, first a header, then one row a line, last a line with a
// tag over every byte before it. So a row that was changed, dropped, put in or moved is found when the file is opened,
// whatever the row says.
//
//   {"format":"tollgate-vault","version":1,"generation":12}
//   {…row…}
//   {"tag":"<64 hexadecimal digits>", …}
//
// The generation grows by one with every write.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "json/value.h"

namespace tollgate {

// Views into the text that was split.
struct TaggedLines {
  std::uint64_t generation = 0;
  std::vector<json::Value> rows;
  json::Value last;
  std::string tag;           // 32 bytes
  std::string_view covered;  // what the tag is over
};

// Fails on a text of another format or version, a torn end, or broken JSON; the error names the line.
Result<TaggedLines> split_tagged_lines(std::string_view text, std::string_view format);

// The header line of such a file, with its line end.
std::string tagged_header(std::string_view format, std::uint64_t generation);

// Fields of a row. A missing one, or one of another type, is an error that names the field.
Result<std::string> text_of(json::Value row, std::string_view field);
Result<std::uint64_t> number_of(json::Value row, std::string_view field);
Result<WallTime> time_of(json::Value row, std::string_view field);
Result<std::string> bytes_of_hex(json::Value row, std::string_view field);
// The same for fields that may be missing.
Result<std::optional<std::string>> optional_text_of(json::Value row, std::string_view field);
Result<std::optional<WallTime>> optional_time_of(json::Value row, std::string_view field);

}  // namespace tollgate
