#pragma once
// What a conversation begins with, the same at each of its turns, in any dialect: for keeping it where its prompt is cached.

#include <string_view>

#include "json/value.h"

namespace tollgate {

// The bytes from the first message up to and with the user's first; where the input is one text, its beginning. Empty: none found.
// `root` was scanned.
std::string_view conversation_start(const json::Value& root);

}  // namespace tollgate
