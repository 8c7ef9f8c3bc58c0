#pragma once
// The dictionary's file, names.dict: entries one after another, each said once and never changed.
// docs/formats/journal.md.
//
// As in the journal, each entry says how far the file was known durable when it was written: that tells a torn end (cut
// it) from a damaged middle (refuse to start).

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "ports/disk.h"

namespace tollgate {

constexpr std::string_view names_file = "names.dict";
constexpr std::size_t max_name_bytes = 16 * 1024;  // of one entry's payload, sealed or a whole set of tags

enum class NameKind : std::uint8_t {
  none,
  word,    // clear text: keys, teams, features, routes, models …; id 1, 2, 3 …
  person,  // a user; random id, payload sealed with the person's own key
  value,   // a tag's value; random id, payload sealed with the key of the owner
  tags,    // a set of tags: word id and value id of each; id from the same row as words
  hole,    // words and sets up to this id are taken, by entries that a power cut took away
};

struct NameEntry {
  NameKind kind = NameKind::none;
  std::uint64_t id = 0;
  std::uint64_t owner = 0;  // person; 0: nobody
  std::string payload{};
};

// `durable`: bytes of the file that are known to survive a power cut.
std::string encode(const NameEntry& entry, std::uint64_t durable);

struct NamesScan {
  std::uint64_t end = 0;  // bytes of whole entries
  bool torn = false;      // something follows them
};

// Visits every entry from byte `from` on. Fails on a damaged middle; the error says where.
Result<NamesScan> scan_names(Disk& disk, std::uint64_t from, const std::function<void(NameEntry)>& visit);

}  // namespace tollgate
