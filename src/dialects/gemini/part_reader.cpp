#include "dialects/gemini/part_reader.h"

#include "base/text.h"
#include "dialects/gemini/base64.h"
#include "dialects/gemini/envelope.h"
#include "dialects/gemini/fields.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate::gemini {
namespace {

using json::Kind;
using json::Member;
using json::Value;

// A part taken apart.
struct Pieces {
  Value text{}, inline_data{}, file_data{}, call{}, result{};
  bool thought = false;
  std::string signature{};
  std::vector<Member> rest{};

  bool media() const { return inline_data.is(Kind::object) || file_data.is(Kind::object); }
  bool known() const { return text.is(Kind::string) || media() || call.is(Kind::object) || result.is(Kind::object); }
};

Pieces take_apart(const Value& part) {
  Pieces out;
  for (const Member& member : json::Members(part)) {
    if (member.value.is(Kind::null)) continue;
    if (field_is(member, "text"))
      out.text = member.value;
    else if (field_is(member, "inlineData"))
      out.inline_data = member.value;
    else if (field_is(member, "fileData"))
      out.file_data = member.value;
    else if (field_is(member, "functionCall"))
      out.call = member.value;
    else if (field_is(member, "functionResponse"))
      out.result = member.value;
    else if (field_is(member, "thought"))
      out.thought = member.value.boolean() == true;
    else if (field_is(member, "thoughtSignature"))
      out.signature = member.value.string().value_or("");
    else
      out.rest.push_back(member);
  }
  return out;
}

Part read_text(const Pieces& pieces) {
  std::string text = pieces.text.string().value_or("");
  if (!pieces.thought) return {Text{.text = std::move(text), .signature = pieces.signature}};
  Reasoning reasoning = signed_by(pieces.signature);
  reasoning.text = std::move(text);
  reasoning.summary = reasoning.origin == "gemini";  // its thoughts are told as summaries
  return {std::move(reasoning)};
}

// An address that any provider may fetch, or the name of something that only Google has.
bool is_public_url(std::string_view uri) {
  return (uri.starts_with("https://") || uri.starts_with("http://")) &&
         !uri.starts_with("https://generativelanguage.googleapis.com/");
}

Part read_media(const Pieces& pieces) {
  bool inline_data = pieces.inline_data.is(Kind::object);
  const Value& data = inline_data ? pieces.inline_data : pieces.file_data;
  Media media;
  media.media_type = text_of(data, "mimeType");
  media.kind = kind_of_media(media.media_type);
  media.name = text_of(data, "displayName");
  if (inline_data) {
    media.source = Media::Source::base64;
    media.data = standard_base64(text_of(data, "data"));
  } else {
    media.data = text_of(data, "fileUri");
    media.source = is_public_url(media.data) ? Media::Source::url : Media::Source::file_id;
  }
  return {std::move(media)};
}

Part read_call(const Pieces& pieces) {
  Value arguments = field_of(pieces.call, "args");
  return {ToolCall{.id = text_of(pieces.call, "id"),
                   .name = text_of(pieces.call, "name"),
                   .arguments = arguments.is(Kind::object) ? std::string(arguments.raw) : "{}",
                   .signature = pieces.signature}};
}

// The one member of an object; empty when there are more or none.
std::optional<Member> only_member(const Value& object) {
  std::optional<Member> found;
  for (const Member& member : json::Members(object)) {
    if (found) return std::nullopt;
    found = member;
  }
  return found;
}

void read_response(const Value& response, ToolResult& out) {
  auto only = only_member(response);
  bool told = only && only->value.is(Kind::string) && (only->key_is("output") || only->key_is("error"));
  for (const Member& member : json::Members(response)) out.failed |= member.key_is("error");
  if (told) {
    out.content.push_back({Text{.text = *only->value.string()}});
  } else if (json::Members(response).begin() != std::default_sentinel) {
    out.content.push_back({Text{.text = std::string(response.raw)}});
  }
}

Part read_result(const Pieces& pieces) {
  ToolResult result{.call_id = text_of(pieces.result, "id"), .name = text_of(pieces.result, "name")};
  read_response(field_of(pieces.result, "response"), result);
  for (const Value& part : Listed(field_of(pieces.result, "parts")))
    if (part.is(Kind::object)) read_part(part, result.content);
  return {std::move(result)};
}

// The members that the middle form has no place for, as an object of their own.
void keep_rest(const Pieces& pieces, std::vector<Part>& out) {
  bool loose_signature = !pieces.signature.empty() && (pieces.media() || pieces.result.is(Kind::object));
  bool loose_thought = pieces.thought && pieces.call.is(Kind::object);
  if (pieces.rest.empty() && !loose_signature && !loose_thought) return;
  std::string json;
  json::Writer writer(json);
  writer.begin_object();
  for (const Member& member : pieces.rest) writer.key(member.key()).raw(member.value);
  if (loose_signature) writer.member("thoughtSignature", pieces.signature);
  if (loose_thought) writer.member("thought", true);
  writer.end_object();
  std::string name = !pieces.rest.empty() ? pieces.rest.front().key() : loose_signature ? "thoughtSignature" : "thought";
  out.push_back({Foreign{.dialect = "gemini", .json = std::move(json), .kind = std::string(attribute_prefix) + name}});
}

// A thought that was streamed: its pieces stand before the part with its signature. Google's own are left as they came.
void join_pieces_of_thoughts(std::vector<Part>& parts) {
  for (std::size_t i = 1; i < parts.size(); ++i) {
    auto* end = parts[i].as<Reasoning>();
    bool signs = end != nullptr && end->text.empty() && !end->origin.empty() && end->origin != "gemini";
    if (!signs) continue;
    while (i > 0) {
      const auto* piece = parts[i - 1].as<Reasoning>();
      if (piece == nullptr || !piece->signature.empty() || !piece->redacted.empty()) break;
      end->text = piece->text + end->text;
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(--i));
      end = parts[i].as<Reasoning>();
    }
  }
}

}  // namespace

Media::Kind kind_of_media(std::string_view mime_type) {
  std::string type = lower(mime_type.substr(0, mime_type.find('/')));
  if (type == "image") return Media::Kind::image;
  if (type == "audio") return Media::Kind::audio;
  if (type == "video") return Media::Kind::video;
  return Media::Kind::document;
}

void read_part(const Value& part, std::vector<Part>& out) {
  Pieces pieces = take_apart(part);
  if (!pieces.known() && !pieces.rest.empty()) {
    out.push_back({Foreign{.dialect = "gemini", .json = std::string(part.raw), .kind = pieces.rest.front().key()}});
    return;
  }
  if (pieces.media() && pieces.thought) {  // a sketch on the way to the picture, not part of the answer
    out.push_back({Foreign{.dialect = "gemini", .json = std::string(part.raw), .kind = "thought_media"}});
    return;
  }
  if (pieces.call.is(Kind::object)) {
    out.push_back(read_call(pieces));
  } else if (pieces.result.is(Kind::object)) {
    out.push_back(read_result(pieces));
  } else if (pieces.media()) {
    out.push_back(read_media(pieces));
  } else {
    out.push_back(read_text(pieces));
  }
  keep_rest(pieces, out);
}

std::vector<Part> read_parts(const Value& content) {
  std::vector<Part> out;
  for (const Value& part : Listed(field_of(content, "parts")))
    if (part.is(Kind::object)) read_part(part, out);
  join_pieces_of_thoughts(out);
  return out;
}

}  // namespace tollgate::gemini
