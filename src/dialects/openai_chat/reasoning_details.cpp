#include "dialects/openai_chat/reasoning_details.h"

#include <algorithm>
#include <optional>

namespace tollgate::openai_chat {
namespace {

struct Format {
  std::string_view origin, format;
};
constexpr Format formats[] = {
    {"anthropic", "anthropic-claude-v1"}, {"gemini", "google-gemini-v1"}, {"openai", "openai-responses-v1"}};

std::string origin_of(std::string_view format) {
  for (const Format& known : formats)
    if (format.starts_with(known.format.substr(0, known.format.find('-')))) return std::string(known.origin);
  return {};
}

std::string_view format_of(std::string_view origin) {
  for (const Format& known : formats)
    if (known.origin == origin) return known.format;
  return "unknown";
}

std::string text_of(const json::Value& object, std::string_view key) {
  auto value = json::find(object, key);
  return value ? value->string().value_or("") : std::string();
}

}  // namespace

std::vector<Reasoning> read_reasoning_details(const json::Value& details) {
  std::vector<Reasoning> thoughts;
  for (const json::Value& detail : json::Elements(details)) {
    std::string type = text_of(detail, "type"), origin = origin_of(text_of(detail, "format"));
    Reasoning thought{.id = text_of(detail, "id")};
    if (type == "reasoning.text") {
      thought.text = text_of(detail, "text");
      thought.signature = text_of(detail, "signature");
    } else if (type == "reasoning.summary") {
      thought.text = text_of(detail, "summary");
      thought.summary = true;
    } else if (type == "reasoning.encrypted") {
      (origin == "anthropic" ? thought.redacted : thought.signature) = text_of(detail, "data");
    } else {
      continue;
    }
    bool signed_by_someone = !thought.signature.empty() || !thought.redacted.empty();
    if (signed_by_someone) thought.origin = std::move(origin);
    thoughts.push_back(std::move(thought));
  }
  return thoughts;
}

void write_reasoning_detail(json::Writer& out, const Reasoning& thought) {
  bool closed = !thought.redacted.empty() || (thought.text.empty() && !thought.signature.empty());
  out.begin_object();
  if (closed) {
    out.member("type", "reasoning.encrypted").member("data", thought.redacted.empty() ? thought.signature : thought.redacted);
  } else if (thought.summary && thought.signature.empty()) {
    out.member("type", "reasoning.summary").member("summary", thought.text);
  } else {
    out.member("type", "reasoning.text").member("text", thought.text);
    if (!thought.signature.empty()) out.member("signature", thought.signature);
  }
  if (!thought.id.empty()) out.member("id", thought.id);
  out.member("format", format_of(thought.origin)).end_object();
}

}  // namespace tollgate::openai_chat
