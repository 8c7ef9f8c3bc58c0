#include "dialects/conversation.h"

#include "dialects/fields.h"

namespace tollgate {
namespace {

constexpr std::size_t text_bytes_max = 256;

std::string_view first_turns(const json::Value& list) {
  const char* begin = nullptr;
  const char* end = nullptr;
  for (const json::Value& turn : json::Elements(list)) {
    if (begin == nullptr) begin = turn.raw.data();
    end = turn.raw.data() + turn.raw.size();
    if (field_of(turn, "role").string().value_or("") == "user") break;
  }
  return begin == nullptr ? std::string_view() : std::string_view(begin, static_cast<std::size_t>(end - begin));
}

}  // namespace

std::string_view conversation_start(const json::Value& root) {
  for (std::string_view name : {"messages", "contents", "input", "prompt"}) {
    json::Value value = field_of(root, name);
    if (value.is(json::Kind::array)) return first_turns(value);
    if (value.is(json::Kind::string)) return value.raw.substr(0, text_bytes_max);
  }
  return {};
}

}  // namespace tollgate
