#pragma once
// A created virtual key as operators read it: an object of JSON, lines, or a row of the list. None of them has anything
// of its secret but the public id.

#include <span>
#include <string>

#include "json/write.h"
#include "storage/keys/key_file.h"

namespace tollgate {

// revoked, expired or active.
std::string_view state_of(const StoredKey& key, WallTime now);

void append_key_json(json::Writer& out, const StoredKey& key, WallTime now);

// What the audit log may have of a key: nothing of its secret, and nothing that names a person.
std::string redacted_key_json(StoredKey key, WallTime now);

// `name: value` lines of what is set.
std::string key_lines(const StoredKey& key, WallTime now);

std::string key_table(std::span<const StoredKey> keys, WallTime now);

}  // namespace tollgate
