#include "dialects/bedrock_converse/blocks.h"

#include <algorithm>

#include "dialects/envelope.h"
#include "dialects/fields.h"
#include "json/scan.h"

namespace tollgate::bedrock_converse {
namespace {

using json::Kind;
using json::Value;

constexpr std::size_t id_bytes_max = 64;

struct DocumentType {
  std::string_view format, media_type;
};
constexpr DocumentType document_types[] = {
    {"pdf", "application/pdf"},
    {"csv", "text/csv"},
    {"doc", "application/msword"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"xls", "application/vnd.ms-excel"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"html", "text/html"},
    {"txt", "text/plain"},
    {"md", "text/markdown"},
};

std::string media_type_of(Media::Kind kind, const std::string& format) {
  if (format.empty()) return {};
  if (kind == Media::Kind::image) return "image/" + format;
  if (kind == Media::Kind::video) return "video/" + format;
  if (kind == Media::Kind::audio) return "audio/" + format;
  for (const DocumentType& type : document_types)
    if (type.format == format) return std::string(type.media_type);
  return format;
}

std::string format_of(const Media& media) {
  std::string_view type = media.media_type;
  if (media.kind == Media::Kind::document) {
    for (const DocumentType& known : document_types)
      if (known.media_type == type) return std::string(known.format);
    return media.source == Media::Source::text ? "txt" : "pdf";
  }
  std::string_view format = type.substr(type.find('/') + 1);
  if (format == "jpg") format = "jpeg";
  if (!format.empty()) return std::string(format);
  return media.kind == Media::Kind::image ? "png" : media.kind == Media::Kind::video ? "mp4" : "wav";
}

Part read_media(Media::Kind kind, const Value& block, const Value& whole) {
  Value source = field_of(block, "source"), bytes = field_of(source, "bytes"), text = field_of(source, "text");
  Media media{.kind = kind, .media_type = media_type_of(kind, text_field(block, "format"))};
  if (kind == Media::Kind::document) media.name = text_field(block, "name");
  if (bytes.is(Kind::string)) {
    media.source = Media::Source::base64;
    media.data = bytes.string().value_or("");
  } else if (text.is(Kind::string)) {
    media.source = Media::Source::text;
    media.data = text.string().value_or("");
  } else if (std::string uri = text_field(field_of(source, "s3Location"), "uri"); !uri.empty()) {
    media.data = std::move(uri);
  } else {
    return {Foreign{.dialect = "bedrock_converse", .json = std::string(whole.raw), .kind = "document"}};
  }
  return {std::move(media)};
}

Part read_thought(const Value& block) {
  Reasoning thought{.redacted = text_field(block, "redactedContent")};
  if (!thought.redacted.empty()) thought.origin = "anthropic";
  Value text = field_of(block, "reasoningText");
  thought.text = text_field(text, "text");
  take_signature(thought, text_field(text, "signature"), "anthropic");
  return {std::move(thought)};
}

Part read_result(const Value& block) {
  ToolResult result{.call_id = text_field(block, "toolUseId"), .failed = text_field(block, "status") == "error"};
  for (const Value& piece : json::Elements(field_of(block, "content"))) {
    Value data = field_of(piece, "json");
    if (data.is(Kind::null)) {
      std::string list = "[" + std::string(piece.raw) + "]";
      if (auto one = json::scan(list, {.refuse_duplicates = false})) read_blocks(*one, result.content);
    } else {
      result.content.push_back({Text{.text = std::string(data.raw)}});
    }
  }
  return {std::move(result)};
}

// The cited text is in here alone (quirk 85).
Part read_cited(const Value& block) {
  Text text{.citations = raw_field(block, "citations"), .citations_from = "bedrock_converse"};
  for (const Value& piece : json::Elements(field_of(block, "content"))) text.text += text_field(piece, "text");
  if (text.citations.empty()) text.citations_from.clear();
  return {std::move(text)};
}

Part read_block(const Value& block) {
  for (const json::Member& member : json::Members(block)) {
    const Value& value = member.value;
    auto is = [&](std::string_view kind) { return member.key_is(kind); };
    if (is("text")) return {Text{.text = value.string().value_or("")}};
    if (is("image")) return read_media(Media::Kind::image, value, block);
    if (is("document")) return read_media(Media::Kind::document, value, block);
    if (is("video")) return read_media(Media::Kind::video, value, block);
    if (is("audio")) return read_media(Media::Kind::audio, value, block);
    if (is("toolResult")) return read_result(value);
    if (is("reasoningContent")) return read_thought(value);
    if (is("citationsContent")) return read_cited(value);
    if (is("toolUse")) {
      std::string input = raw_field(value, "input");
      return {ToolCall{.id = text_field(value, "toolUseId"), .name = text_field(value, "name"), .arguments = input.empty() ? "{}" : std::move(input)}};
    }
    if (!value.is(Kind::null)) return {Foreign{.dialect = "bedrock_converse", .json = std::string(block.raw), .kind = member.key()}};
  }
  return {Foreign{.dialect = "bedrock_converse", .json = std::string(block.raw), .kind = "content"}};
}

CacheMark* mark_of(Part& part) {
  if (auto* text = part.as<Text>()) return &text->cache;
  if (auto* media = part.as<Media>()) return &media->cache;
  if (auto* call = part.as<ToolCall>()) return &call->cache;
  if (auto* result = part.as<ToolResult>()) return &result->cache;
  return nullptr;
}

// Names of documents: letters, digits, single blanks, hyphens, brackets.
std::string clean_name(const std::string& name) {
  std::string out;
  for (char c : name) {
    bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-()[]").find(c) != std::string_view::npos;
    if (fine)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  while (out.ends_with(' ')) out.pop_back();
  return out.empty() ? "document" : out;
}

bool write_media(json::Writer& out, const Media& media) {
  bool s3 = media.source == Media::Source::url && media.data.starts_with("s3://");
  bool sayable = s3 || media.source == Media::Source::base64 || (media.source == Media::Source::text && media.kind == Media::Kind::document);
  if (!sayable) return false;
  constexpr std::string_view kinds[] = {"image", "audio", "document", "video"};
  out.begin_object().key(kinds[static_cast<std::size_t>(media.kind)]).begin_object().member("format", format_of(media));
  if (media.kind == Media::Kind::document) out.member("name", clean_name(media.name));
  out.key("source").begin_object();
  if (s3)
    out.key("s3Location").begin_object().member("uri", media.data).end_object();
  else
    out.member(media.source == Media::Source::text ? "text" : "bytes", media.data);
  out.end_object().end_object().end_object();
  return true;
}

void write_result(json::Writer& out, const ToolResult& result, bool shown) {
  out.begin_object().key("toolResult").begin_object().member("toolUseId", clean_id(result.call_id)).key("content").begin_array();
  for (const Part& part : result.content) {
    const auto* text = part.as<Text>();
    if (text == nullptr || !text->text.empty()) write_block(out, part, shown);
  }
  out.end_array();
  if (result.failed) out.member("status", "error");
  out.end_object().end_object();
}

bool write_thought(json::Writer& out, const Reasoning& thought, bool shown) {
  bool native = thought.origin.empty() || thought.origin == "anthropic";
  if (!native && !shown) return false;
  if (!thought.redacted.empty() && native) {
    out.begin_object().key("reasoningContent").begin_object().member("redactedContent", thought.redacted).end_object().end_object();
    return true;
  }
  std::string signature = native ? thought.signature : shown_signature(thought, "anthropic");
  if (thought.text.empty() && signature.empty()) return false;
  out.begin_object().key("reasoningContent").begin_object().key("reasoningText").begin_object().member("text", thought.text);
  if (!signature.empty()) out.member("signature", signature);
  out.end_object().end_object().end_object();
  return true;
}

bool write_plain(json::Writer& out, const Part& part, bool shown) {
  if (const auto* text = part.as<Text>()) {
    if (text->citations_from == "bedrock_converse") {
      out.begin_object().key("citationsContent").begin_object().key("content").begin_array().begin_object().member("text", text->text);
      out.end_object().end_array().key("citations").raw(text->citations).end_object().end_object();
    } else {
      out.begin_object().member("text", text->text).end_object();
    }
    return true;
  }
  if (const auto* refusal = part.as<Refusal>()) {
    out.begin_object().member("text", refusal->text).end_object();
    return true;
  }
  if (const auto* media = part.as<Media>()) return write_media(out, *media);
  if (const auto* thought = part.as<Reasoning>()) return write_thought(out, *thought, shown);
  if (const auto* call = part.as<ToolCall>()) {
    if (shown && !call->signature.empty()) write_thought(out, carried_signature(*call), true);
    out.begin_object().key("toolUse").begin_object().member("toolUseId", clean_id(call->id)).member("name", call->name).key("input");
    out.raw(object_of_arguments(call->arguments)).end_object().end_object();
    return true;
  }
  if (const auto* result = part.as<ToolResult>()) {
    write_result(out, *result, shown);
    return true;
  }
  const auto* foreign = part.as<Foreign>();
  if (foreign == nullptr || foreign->dialect != "bedrock_converse") return false;
  out.raw(foreign->json);
  return true;
}

}  // namespace

CacheMark read_cache_point(const Value& block) {
  Value point = field_of(block, "cachePoint");
  if (!point.is(Kind::object)) return CacheMark::none;
  return text_field(point, "ttl") == "1h" ? CacheMark::one_hour : CacheMark::five_minutes;
}

void write_cache_point(json::Writer& out, CacheMark mark) {
  if (mark == CacheMark::none) return;
  out.begin_object().key("cachePoint").begin_object().member("type", "default");
  if (mark == CacheMark::one_hour) out.member("ttl", "1h");
  out.end_object().end_object();
}

void read_blocks(const Value& blocks, std::vector<Part>& out) {
  for (const Value& block : json::Elements(blocks)) {
    CacheMark mark = read_cache_point(block);
    CacheMark* place = mark == CacheMark::none || out.empty() ? nullptr : mark_of(out.back());
    if (place != nullptr)
      *place = mark;
    else
      out.push_back(read_block(block));
  }
  join_call_signatures(out);
}

bool write_block(json::Writer& out, const Part& part, bool shown) {
  if (!write_plain(out, part, shown)) return false;
  CacheMark mark = CacheMark::none;
  if (const auto* text = part.as<Text>()) mark = text->cache;
  if (const auto* media = part.as<Media>()) mark = media->cache;
  if (const auto* call = part.as<ToolCall>()) mark = call->cache;
  if (const auto* result = part.as<ToolResult>()) mark = result->cache;
  write_cache_point(out, mark);
  return true;
}

std::string clean_id(std::string_view id) {
  std::string out(id.substr(0, id_bytes_max));
  for (char& c : out) {
    bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("_-.:").find(c) != std::string_view::npos;
    if (!fine) c = '_';
  }
  return out.empty() ? "call" : out;
}

}  // namespace tollgate::bedrock_converse
