#include "dialects/openai_chat/parts.h"

#include <algorithm>

#include "dialects/data_url.h"
#include "dialects/openai_chat/reasoning_details.h"

namespace tollgate::openai_chat {
namespace {

using json::Kind;
using json::Value;

Value member(const Value& object, std::string_view key) { return json::find(object, key).value_or(Value{}); }

// MP3 and WAV are what OpenAI takes; others ride along.
std::string audio_type(std::string_view format) { return format.empty() ? "" : "audio/" + std::string(format); }

Media read_image(const Value& part) {
  Value image = member(part, "image_url");
  // Mistral writes the URL itself.
  Media media = media_from_url(Media::Kind::image, image.is(Kind::string) ? image.string().value_or("") : text_of(image, "url"));
  media.detail = text_of(image, "detail");
  return media;
}

Media read_audio(const Value& part) {
  Value audio = member(part, "input_audio");
  return {.kind = Media::Kind::audio,
          .source = Media::Source::base64,
          .data = audio.is(Kind::string) ? audio.string().value_or("") : text_of(audio, "data"),
          .media_type = audio_type(text_of(audio, "format"))};
}

Media read_file(const Value& part) {
  Value file = member(part, "file");
  std::string id = text_of(file, "file_id");
  if (!id.empty()) return {.kind = Media::Kind::document, .source = Media::Source::file_id, .data = std::move(id)};
  Media media = media_from_url(Media::Kind::document, text_of(file, "file_data"));
  media.name = text_of(file, "filename");
  return media;
}

// Mistral's thoughts: {"type":"thinking","thinking":[{"type":"text","text"}]}; Databricks': {"type":"reasoning","summary":[…]}.
Reasoning read_thought(const Value& part, std::string_view key) {
  Reasoning thought{.summary = key == "summary"};
  Value pieces = member(part, key);
  if (pieces.is(Kind::string)) thought.text = pieces.string().value_or("");
  for (const Value& piece : json::Elements(pieces)) thought.text += text_of(piece, "text");
  return thought;
}

void read_part(const Value& part, std::vector<Part>& out) {
  if (part.is(Kind::string)) return out.push_back({Text{.text = part.string().value_or("")}});
  std::string type = text_of(part, "type");
  CacheMark cache = read_cache_mark(part);
  if (type == "text" || type.empty()) {
    out.push_back({Text{.text = text_of(part, "text"), .cache = cache}});
  } else if (type == "image_url") {
    Media media = read_image(part);
    media.cache = cache;
    out.push_back({std::move(media)});
  } else if (type == "input_audio") {
    out.push_back({read_audio(part)});
  } else if (type == "file") {
    Media media = read_file(part);
    media.cache = cache;
    out.push_back({std::move(media)});
  } else if (type == "refusal") {
    out.push_back({Refusal{.text = text_of(part, "refusal")}});
  } else if (type == "thinking") {
    out.push_back({read_thought(part, "thinking")});
  } else if (type == "reasoning") {
    out.push_back({read_thought(part, "summary")});
  } else {
    out.push_back({Foreign{.dialect = "openai_chat", .json = std::string(part.raw), .kind = std::move(type)}});
  }
}

std::string arguments_of(const Value& function) {
  Value arguments = member(function, "arguments");
  // Some hosts write an object where a text belongs.
  if (arguments.is(Kind::object)) return std::string(arguments.raw);
  std::string text = arguments.string().value_or("");
  return text.empty() ? "{}" : text;
}

std::string signature_of(const Value& call) {
  auto found = json::find_path(call, {"extra_content", "google", "thought_signature"});
  return found ? found->string().value_or("") : std::string();
}

ToolCall read_call(const Value& call) {
  ToolCall out{.id = text_of(call, "id"), .signature = signature_of(call)};
  Value custom = member(call, "custom");
  if (custom.is(Kind::object)) {
    out.name = text_of(custom, "name");
    out.arguments = text_of(custom, "input");
    out.custom = true;
    return out;
  }
  Value function = member(call, "function");
  out.name = text_of(function, "name");
  out.arguments = arguments_of(function);
  return out;
}

}  // namespace

std::string text_of(const Value& object, std::string_view key) { return member(object, key).string().value_or(""); }

CacheMark read_cache_mark(const Value& object) {
  Value mark = member(object, "cache_control");
  if (!mark.is(Kind::object)) return CacheMark::none;
  return text_of(mark, "ttl") == "1h" ? CacheMark::one_hour : CacheMark::five_minutes;
}

void read_content(const Value& content, std::vector<Part>& out) {
  if (content.is(Kind::string)) {
    std::string text = content.string().value_or("");
    if (!text.empty()) out.push_back({Text{.text = std::move(text)}});
  }
  for (const Value& part : json::Elements(content)) read_part(part, out);
}

void read_reasoning(const Value& message, std::vector<Part>& out) {
  std::vector<Reasoning> details = read_reasoning_details(member(message, "reasoning_details"));
  std::string open;
  for (std::string_view key : {"reasoning_content", "reasoning"})
    if (open.empty()) open = text_of(message, key);
  // Put together from a stream, the text stands in the open and its signature in a detail without text.
  bool told = std::any_of(details.begin(), details.end(), [](const Reasoning& thought) { return !thought.text.empty(); });
  if (!details.empty() && !told && !details.front().signature.empty()) details.front().text = open;
  for (Reasoning& thought : details) out.push_back({std::move(thought)});
  if (details.empty() && !open.empty()) out.push_back({Reasoning{.text = std::move(open)}});
}

void read_tool_calls(const Value& message, std::vector<Part>& out) {
  for (const Value& call : json::Elements(member(message, "tool_calls"))) out.push_back({read_call(call)});
  Value old = member(message, "function_call");
  if (old.is(Kind::object)) out.push_back({ToolCall{.name = text_of(old, "name"), .arguments = arguments_of(old)}});
}

std::vector<Part> read_message_parts(const Value& message) {
  std::vector<Part> parts;
  read_reasoning(message, parts);
  read_content(member(message, "content"), parts);
  std::string refusal = text_of(message, "refusal");
  if (!refusal.empty()) parts.push_back({Refusal{.text = std::move(refusal)}});
  read_tool_calls(message, parts);
  return parts;
}

}  // namespace tollgate::openai_chat
