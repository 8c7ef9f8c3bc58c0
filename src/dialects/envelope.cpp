#include "dialects/envelope.h"

#include "base/base64.h"
#include "dialects/fields.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate {
namespace {

constexpr std::string_view mark = "tg1.";
constexpr std::string_view of_call = "of_tool_call";

}  // namespace

std::string seal_envelope(const Envelope& envelope) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("o", envelope.origin);
  if (!envelope.signature.empty()) out.member("s", envelope.signature);
  if (!envelope.redacted.empty()) out.member("r", envelope.redacted);
  if (!envelope.id.empty()) out.member("i", envelope.id);
  out.end_object();
  std::string sealed(mark);
  append_base64(sealed, text, Base64::url);
  return sealed;
}

std::optional<Envelope> open_envelope(std::string_view text) {
  if (!text.starts_with(mark)) return std::nullopt;
  auto inside = decode_base64(text.substr(mark.size()));
  auto root = inside ? json::scan(*inside) : json::scan("");
  if (!root || !root->is(json::Kind::object)) return std::nullopt;
  return Envelope{.origin = text_field(*root, "o"),
                  .signature = text_field(*root, "s"),
                  .redacted = text_field(*root, "r"),
                  .id = text_field(*root, "i")};
}

std::string shown_signature(const Reasoning& thought, std::string_view native) {
  if (thought.signature.empty() && thought.redacted.empty()) return {};
  if (thought.origin == native && thought.redacted.empty()) return thought.signature;
  return seal_envelope({.origin = thought.origin, .signature = thought.signature, .redacted = thought.redacted, .id = thought.id});
}

void take_signature(Reasoning& thought, std::string signature, std::string_view native) {
  if (auto envelope = open_envelope(signature)) {
    thought.origin = std::move(envelope->origin);
    thought.signature = std::move(envelope->signature);
    thought.redacted = std::move(envelope->redacted);
    if (!envelope->id.empty()) thought.id = std::move(envelope->id);
    return;
  }
  if (signature.empty()) return;
  thought.signature = std::move(signature);
  thought.origin = native;
}

Reasoning carried_signature(const ToolCall& call) {
  return {.signature = call.signature, .id = std::string(of_call), .origin = "gemini"};
}

void join_call_signatures(std::vector<Part>& parts) {
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const auto* thought = parts[i].as<Reasoning>();
    auto* call = parts[i + 1].as<ToolCall>();
    if (thought == nullptr || call == nullptr || thought->id != of_call) continue;
    call->signature = thought->signature;
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

}  // namespace tollgate
