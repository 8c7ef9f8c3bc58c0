#include "dialects/openai_chat/messages.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "dialects/openai_media.h"
#include "dialects/openai_chat/request_checks.h"

namespace tollgate::openai_chat {
namespace {

using json::Kind;
using json::Member;
using json::Value;

constexpr std::array<std::string_view, 6> roles = {"user", "assistant", "system", "developer", "tool", "function"};

std::int64_t size_of(const Value& value) { return static_cast<std::int64_t>(value.raw.size()); }

bool among(const auto& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Where a part of a message stands, for error messages. Made into text only when one is needed.
struct Place {
  std::size_t message;
  std::size_t part = 0;

  std::string of_message(std::string_view field) const { return fmt::format("messages[{}]{}", message, field); }
  std::string of_part(std::string_view field) const {
    return fmt::format("messages[{}].content[{}]{}", message, part, field);
  }
};

// The gateway fetches nothing, but must not be the way by which a provider reads a file or an odd scheme.
Result<void> check_image_url(const Value& image, Place place) {
  auto inner = json::find(image, "url");
  const Value& url = inner ? *inner : image;  // some hosts take the bare string
  if (!url.is(Kind::string)) return wrong_type(place.of_part(".image_url.url"), "a string");
  std::string_view text = url.raw.substr(1);
  for (std::string_view scheme : {"https://", "http://", "data:", "https:\\/\\/", "http:\\/\\/"}) {
    if (text.starts_with(scheme)) return {};
  }
  return bad_field(place.of_part(".image_url.url"), "invalid_value", "an image is an https, http or data URL");
}

// What a part of that type can be in tokens; `raw` is its size as written. Empty for a type that nobody knows.
std::optional<std::int64_t> part_bound(std::string_view type, std::int64_t raw) {
  constexpr std::array<std::string_view, 7> texts = {"text",      "refusal",    "thinking",   "reasoning",
                                                     "reference", "input_text", "output_text"};
  constexpr std::array<std::string_view, 3> images = {"image_url", "input_image", "image"};
  constexpr std::array<std::string_view, 2> audios = {"input_audio", "audio_url"};
  constexpr std::array<std::string_view, 5> files = {"file", "document_url", "video_url", "input_file", "document"};
  if (among(texts, type)) return raw;
  if (among(images, type)) return openai::max_image_tokens;
  if (among(audios, type)) return raw / openai::audio_bytes_per_token + 1;
  if (among(files, type)) return raw + (raw / openai::file_bytes_per_image + 1) * openai::max_image_tokens;
  return std::nullopt;
}

// Adds the difference between what a part weighs and its raw bytes, which were counted with the message.
Result<std::int64_t> part_adjustment(const Value& part, Place place) {
  if (part.is(Kind::string)) return 0;
  if (!part.is(Kind::object)) return wrong_type(place.of_part(""), "an object");
  auto type = json::find(part, "type");
  auto word = type ? type->plain_string() : std::nullopt;
  if (!word) return wrong_type(place.of_part(".type"), "a string");
  auto bound = part_bound(*word, size_of(part));
  if (!bound) return bad_field(place.of_part(".type"), "invalid_value", "a part of a type that is not known");
  if (*word == "text") {
    auto text = json::find(part, "text");
    if (!text || !text->is(Kind::string)) return wrong_type(place.of_part(".text"), "a string");
  }
  if (*word == "image_url") {
    auto image = json::find(part, "image_url");
    if (!image) return wrong_type(place.of_part(".image_url"), "an object");
    TG_TRY_VOID(check_image_url(*image, place));
  }
  return *bound - size_of(part);
}

Result<std::int64_t> content_adjustment(const Value& content, std::string_view role, Place place) {
  switch (content.kind) {
    case Kind::string: return 0;
    case Kind::null:
      if (role == "assistant" || role == "tool" || role == "function") return 0;
      break;
    case Kind::array: {
      std::int64_t sum = 0;
      for (const Value& part : json::Elements(content)) {
        TG_TRY(adjustment, part_adjustment(part, place));
        sum += adjustment;
        ++place.part;
      }
      if (place.part == 0 && role != "assistant") {
        return bad_field(place.of_message(".content"), "empty_array", "the content has no parts");
      }
      return sum;
    }
    default: break;
  }
  return wrong_type(place.of_message(".content"), "a string or an array of parts");
}

Result<std::int64_t> message_bound(const Value& message, Place place) {
  if (!message.is(Kind::object)) return wrong_type(place.of_message(""), "an object");
  Value role{}, content{};
  bool call_id = false;
  for (const Member& member : json::Members(message)) {
    if (member.key_is("role"))
      role = member.value;
    else if (member.key_is("content"))
      content = member.value;
    else if (member.key_is("tool_call_id"))
      call_id = member.value.is(Kind::string);
  }
  auto word = role.plain_string();
  if (!word) return wrong_type(place.of_message(".role"), "a string");
  if (!among(roles, *word)) return bad_field(place.of_message(".role"), "invalid_value", "a role that is not known");
  if (*word == "tool" && !call_id) {
    return bad_field(place.of_message(".tool_call_id"), "missing_required_parameter",
                     "a tool's message names its call");
  }
  TG_TRY(adjustment, content_adjustment(content, *word, place));
  return size_of(message) + adjustment;
}

}  // namespace

Result<Tokens> read_messages(const Value& messages) {
  if (messages.is(Kind::null)) return bad_field("messages", "missing_required_parameter", "'messages' is required");
  if (!messages.is(Kind::array)) return wrong_type("messages", "an array");
  Tokens sum;
  Place place{.message = 0};
  for (const Value& message : json::Elements(messages)) {
    TG_TRY(bound, message_bound(message, place));
    sum += Tokens{bound};
    ++place.message;
  }
  if (place.message == 0) return bad_field("messages", "empty_array", "'messages' is empty");
  return sum;
}

}  // namespace tollgate::openai_chat
