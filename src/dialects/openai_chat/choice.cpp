#include "dialects/openai_chat/choice.h"

#include <algorithm>

namespace tollgate::openai_chat {
namespace {

using json::Kind;
using json::Member;
using json::Members;
using json::Value;

bool is_filled(const Value& value) {
  switch (value.kind) {
    case Kind::string: return value.raw.size() > 2;
    case Kind::array: return json::Elements(value).begin() != std::default_sentinel;
    case Kind::object: return Members(value).begin() != std::default_sentinel;
    default: return false;
  }
}

std::int64_t member_bytes(const Value& object, std::string_view key) {
  auto value = json::find(object, key);
  return value ? decoded_bytes(*value) : 0;
}

// {"type":"text","text":"…"}, or {"type":"thinking","thinking":[{"type":"text","text":"…"}]} (Mistral), or
// {"type":"reasoning","summary":[{…}]} (Databricks): quirk 27.
void read_part(const Value& part, Choice& out) {
  out.text_bytes += member_bytes(part, "text");
  for (std::string_view key : {"thinking", "summary"}) {
    auto inner = json::find(part, key);
    if (!inner) continue;
    out.reasoning_bytes += decoded_bytes(*inner);
    for (const Value& piece : json::Elements(*inner)) out.reasoning_bytes += member_bytes(piece, "text");
  }
}

void read_content(const Value& content, Choice& out) {
  out.content |= is_filled(content);
  out.text_bytes += decoded_bytes(content);
  for (const Value& part : json::Elements(content)) read_part(part, out);
}

void read_call(const Value& function, Choice& out) {
  out.content = true;
  out.text_bytes += member_bytes(function, "name") + member_bytes(function, "arguments");
}

void read_calls(const Value& calls, Choice& out) {
  for (const Value& call : json::Elements(calls)) {
    auto function = json::find(call, "function");
    if (!function) function = json::find(call, "custom");
    out.content = true;
    if (function) read_call(*function, out);
  }
}

// OpenRouter sends the same reasoning as text and as details (quirk 28): the larger count is the one that holds all.
struct Reasoning {
  std::int64_t plain = 0;
  std::int64_t details = 0;
};

void read_details(const Value& details, Reasoning& reasoning) {
  for (const Value& detail : json::Elements(details)) {
    reasoning.details += member_bytes(detail, "text") + member_bytes(detail, "summary");
  }
}

void read_message(const Value& message, Choice& out) {
  Reasoning reasoning;
  for (const Member& member : Members(message)) {
    const Value& value = member.value;
    if (member.key_is("content")) {
      read_content(value, out);
    } else if (member.key_is("reasoning_content") || member.key_is("reasoning")) {
      reasoning.plain = std::max(reasoning.plain, decoded_bytes(value));
      out.content |= is_filled(value);
    } else if (member.key_is("reasoning_details")) {
      read_details(value, reasoning);
      out.content |= is_filled(value);
    } else if (member.key_is("tool_calls")) {
      read_calls(value, out);
    } else if (member.key_is("function_call") && value.is(Kind::object)) {
      read_call(value, out);
    } else if (member.key_is("refusal")) {
      out.content |= is_filled(value);
      out.text_bytes += decoded_bytes(value);
    } else if (member.key_is("audio")) {
      out.content |= is_filled(value);
      out.text_bytes += member_bytes(value, "transcript");
    } else if (member.key_is("images")) {
      out.content |= is_filled(value);
    }
  }
  out.reasoning_bytes += std::max(reasoning.plain, reasoning.details);
}

std::string_view unquoted(const Value& value) {
  return value.is(Kind::string) ? value.raw.substr(1, value.raw.size() - 2) : std::string_view();
}

}  // namespace

std::int64_t decoded_bytes(const Value& string) {
  std::string_view text = unquoted(string);
  auto bytes = static_cast<std::int64_t>(text.size());
  for (std::size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at)) {
    bool unicode = text.substr(at, 2) == "\\u";
    // \uXXXX is one to three bytes; each half of a surrogate pair makes two of four.
    std::int64_t decoded = 1;
    if (unicode) {
      char first = text[at + 2], second = text[at + 3], third = text[at + 4];
      bool surrogate = (first == 'd' || first == 'D') && second >= '8';
      decoded = surrogate ? 2 : first != '0' || second >= '8' ? 3 : second != '0' || third >= '8' ? 2 : 1;
    }
    bytes -= (unicode ? 6 : 2) - decoded;
    at += unicode ? 6 : 2;
  }
  return bytes;
}

Choice read_choice(const Value& choice) {
  Choice out;
  Value message{}, delta{};
  for (const Member& member : Members(choice)) {
    const Value& value = member.value;
    if (member.key_is("delta"))
      delta = value;
    else if (member.key_is("message"))
      message = value;
    else if (member.key_is("text"))
      read_content(value, out);
    else if (member.key_is("index"))
      out.index = value.integer().value_or(0);
    else if (member.key_is("finish_reason"))
      out.finish_reason = unquoted(value);
    else if (member.key_is("error") && !value.is(Kind::null))
      out.error = value;
  }
  read_message(delta.is(Kind::object) ? delta : message, out);
  out.failed = !out.error.is(Kind::null) || out.finish_reason == "error";
  return out;
}

}  // namespace tollgate::openai_chat
