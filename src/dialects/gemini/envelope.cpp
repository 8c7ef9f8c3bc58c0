#include "dialects/gemini/envelope.h"

#include "dialects/gemini/base64.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate::gemini {
namespace {

// The first bytes of every envelope in base64; Gemini's signatures are protocol buffers and cannot begin so.
constexpr std::string_view opening = "{\"tg\":1,";
constexpr std::string_view opening_in_base64 = "eyJ0ZyI6MS";

void add(json::Writer& writer, std::string_view name, const std::string& text) {
  if (!text.empty()) writer.member(name, text);
}

std::optional<Reasoning> open_envelope(std::string_view field) {
  if (!field.starts_with(opening_in_base64)) return std::nullopt;
  auto text = from_base64(field);
  if (!text || !text->starts_with(opening)) return std::nullopt;
  auto root = json::scan(*text);
  if (!root) return std::nullopt;
  auto member = [&](std::string_view name) {
    auto value = json::find(*root, name);
    return value ? value->string().value_or("") : std::string();
  };
  Reasoning out;
  out.origin = member("o");
  out.signature = member("s");
  out.redacted = member("r");
  out.id = member("i");
  return out;
}

}  // namespace

std::string signature_field_of(const Reasoning& reasoning) {
  if (reasoning.origin == "gemini") return reasoning.signature;
  if (reasoning.signature.empty() && reasoning.redacted.empty() && reasoning.id.empty()) return {};
  std::string text;
  json::Writer writer(text);
  writer.begin_object().member("tg", 1);
  add(writer, "o", reasoning.origin);
  add(writer, "s", reasoning.signature);
  add(writer, "r", reasoning.redacted);
  add(writer, "i", reasoning.id);
  writer.end_object();
  return to_base64(text);
}

Reasoning signed_by(std::string_view field) {
  if (auto opened = open_envelope(field)) return *opened;
  Reasoning out;
  out.signature = field;
  out.origin = "gemini";
  return out;
}

}  // namespace tollgate::gemini
