#include "dialects/gemini/content_view.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "dialects/gemini/fields.h"
#include "dialects/gemini/part_reader.h"

namespace tollgate::gemini {
namespace {

using json::Kind;
using json::Member;
using json::Value;

constexpr std::array<std::string_view, 4> roles = {"user", "model", "function", "tool"};

std::int64_t size_of(const Value& value) { return static_cast<std::int64_t>(value.raw.size()); }

// Where a part stands, made into text only for an error.
struct Place {
  std::string_view content;  // path of the content
  std::size_t part = 0;

  std::string of(std::string_view field = {}) const {
    return fmt::format("{}.parts[{}]{}{}", content, part, field.empty() ? "" : ".", field);
  }
};

// What media are as tokens beyond the bytes of everything else in them.
std::int64_t inline_bound(const Value& blob, std::int64_t data_bytes) {
  switch (kind_of_media(text_of(blob, "mimeType"))) {
    case Media::Kind::image: return max_image_tokens;
    case Media::Kind::audio: return data_bytes / audio_bytes_per_token + 1;
    case Media::Kind::video: return data_bytes / video_bytes_per_token + 1;
    case Media::Kind::document: return data_bytes;
  }
  return data_bytes;
}

Result<std::int64_t> check_inline(const Member& member, const Place& place) {
  if (!member.value.is(Kind::object)) return wrong_type(place.of(member.key()), "an object");
  Value data = field_of(member.value, "data");
  if (!data.is(Kind::string)) return wrong_type(place.of(member.key() + ".data"), "a string");
  std::int64_t bytes = size_of(data);
  return inline_bound(member.value, bytes) - bytes;
}

// The gateway fetches nothing, but must not be the way by which a provider reads an odd scheme.
bool is_usual_uri(std::string_view uri) {
  if (uri.find(':') == std::string_view::npos) return true;  // files/abc
  return uri.starts_with("https://") || uri.starts_with("http://") || uri.starts_with("gs://");
}

Result<std::int64_t> check_file(const Member& member, const Place& place) {
  if (!member.value.is(Kind::object)) return wrong_type(place.of(member.key()), "an object");
  Value uri = field_of(member.value, "fileUri");
  if (!uri.is(Kind::string)) return wrong_type(place.of(member.key() + ".fileUri"), "a string");
  if (!is_usual_uri(*uri.string())) {
    return bad_field(place.of(member.key() + ".fileUri"), "a file is an https, http or gs address, or a file's name");
  }
  bool image = kind_of_media(text_of(member.value, "mimeType")) == Media::Kind::image;
  return image ? max_image_tokens : max_context_tokens;
}

Result<std::int64_t> check_call(const Member& member, const Place& place) {
  if (!member.value.is(Kind::object)) return wrong_type(place.of(member.key()), "an object");
  if (!field_of(member.value, "name").is(Kind::string)) return wrong_type(place.of(member.key() + ".name"), "a string");
  Value arguments = field_of(member.value, "args");
  if (!arguments.is(Kind::object) && !arguments.is(Kind::null)) {
    return wrong_type(place.of(member.key() + ".args"), "an object");
  }
  return 0;
}

Result<std::int64_t> check_part(const Value& part, const Place& place);

Result<std::int64_t> check_result(const Member& member, const Place& place) {
  if (!member.value.is(Kind::object)) return wrong_type(place.of(member.key()), "an object");
  if (!field_of(member.value, "name").is(Kind::string)) return wrong_type(place.of(member.key() + ".name"), "a string");
  Value response = field_of(member.value, "response");
  if (!response.is(Kind::object) && !response.is(Kind::null)) {
    return wrong_type(place.of(member.key() + ".response"), "an object");
  }
  std::string inner = place.of(member.key());
  Place at{.content = inner};
  std::int64_t sum = 0;
  for (const Value& part : Listed(field_of(member.value, "parts"))) {
    for (const Member& field : json::Members(part))
      if (field_is(field, "functionResponse")) return bad_field(at.of(field.key()), "a result inside a result");
    TG_TRY(adjustment, check_part(part, at));
    sum += adjustment;
    ++at.part;
  }
  return sum;
}

// What the part weighs beyond its raw bytes; negative for media.
Result<std::int64_t> check_part(const Value& part, const Place& place) {
  if (!part.is(Kind::object)) return wrong_type(place.of(), "an object");
  std::int64_t sum = 0;
  int kinds = 0;
  for (const Member& member : json::Members(part)) {
    if (member.value.is(Kind::null)) continue;
    Result<std::int64_t> adjustment = 0;
    bool data = true;
    if (field_is(member, "text")) {
      if (!member.value.is(Kind::string)) return wrong_type(place.of(member.key()), "a string");
    } else if (field_is(member, "inlineData")) {
      adjustment = check_inline(member, place);
    } else if (field_is(member, "fileData")) {
      adjustment = check_file(member, place);
    } else if (field_is(member, "functionCall")) {
      adjustment = check_call(member, place);
    } else if (field_is(member, "functionResponse")) {
      adjustment = check_result(member, place);
    } else {
      data = false;
      if (field_is(member, "thought") && !member.value.is(Kind::boolean))
        return wrong_type(place.of(member.key()), "true or false");
      if (field_is(member, "thoughtSignature") && !member.value.is(Kind::string))
        return wrong_type(place.of(member.key()), "a string");
      if (member.raw_key.find_first_of(".\\") != std::string_view::npos)
        return bad_field(place.of(), "a member of a name that is not known");
    }
    TG_TRY_VOID(adjustment);
    sum += *adjustment;
    kinds += data;
  }
  if (kinds > 1) return bad_field(place.of(), "a part holds one kind of data");
  return sum;
}

Result<void> check_role(std::string_view path, const Value& content) {
  Value role = field_of(content, "role");
  if (role.is(Kind::null)) return {};
  auto word = role.plain_string();
  if (!role.is(Kind::string)) return wrong_type(fmt::format("{}.role", path), "a string");
  if (!word || std::find(roles.begin(), roles.end(), *word) == roles.end()) {
    return bad_field(fmt::format("{}.role", path), "a role is user, model or function");
  }
  return {};
}

Result<Tokens> check_parts(std::string_view path, const Value& content) {
  if (!content.is(Kind::object)) return wrong_type(path, "an object");
  Value parts = field_of(content, "parts");
  if (!parts.is(Kind::array) && !parts.is(Kind::object) && !parts.is(Kind::null)) {
    return wrong_type(fmt::format("{}.parts", path), "an array");
  }
  if (parts.is(Kind::null) && field_of(content, "role").is(Kind::null)) return wrong_type(fmt::format("{}.parts", path), "an array");
  std::int64_t sum = size_of(content) + template_tokens;
  Place place{.content = path};
  for (const Value& part : Listed(parts)) {
    TG_TRY(adjustment, check_part(part, place));
    sum += adjustment;
    ++place.part;
  }
  return Tokens{sum};
}

}  // namespace

Result<Tokens> check_contents(std::string_view path, const Value& contents) {
  if (!contents.is(Kind::array) && !contents.is(Kind::object)) return wrong_type(path, "an array");
  Tokens sum;
  std::size_t index = 0;
  for (const Value& content : Listed(contents)) {
    std::string place = fmt::format("{}[{}]", path, index++);
    TG_TRY(bound, check_parts(place, content));
    TG_TRY_VOID(check_role(place, content));
    sum += bound;
  }
  if (index == 0) return bad_field(path, fmt::format("'{}' is empty", path));
  return sum;
}

Result<Tokens> check_content(std::string_view path, const Value& content) {
  if (content.is(Kind::string)) return Tokens{size_of(content) + template_tokens};
  return check_parts(path, content);
}

}  // namespace tollgate::gemini
