#include "dialects/anthropic_messages/blocks.h"

#include "dialects/data_url.h"
#include "base/base64.h"
#include "base/text.h"
#include "dialects/envelope.h"
#include "dialects/fields.h"

namespace tollgate::anthropic_messages {
namespace {

using json::Kind;
using json::Value;

constexpr std::string_view family = "anthropic";

Media read_media(const Value& block, Media::Kind kind) {
  Value source = field_of(block, "source");
  std::string type = text_field(source, "type");
  Media media{.kind = kind, .media_type = text_field(source, "media_type"), .name = text_field(block, "title"), .cache = read_cache_mark(block)};
  if (type == "base64") {
    media.source = Media::Source::base64;
    media.data = text_field(source, "data");
  } else if (type == "file") {
    media.source = Media::Source::file_id;
    media.data = text_field(source, "file_id");
  } else if (type == "text") {
    media.source = Media::Source::text;
    media.data = text_field(source, "data");
  } else {
    media.data = text_field(source, "url");
  }
  return media;
}

// What only Anthropic's documents can say.
bool is_plain_document(const Value& block) {
  std::string type = text_field(field_of(block, "source"), "type");
  return type != "content" && field_of(block, "citations").is(Kind::null) && field_of(block, "context").is(Kind::null);
}

ToolResult read_result(const Value& block) {
  ToolResult result{.call_id = text_field(block, "tool_use_id"),
                    .failed = field_of(block, "is_error").boolean().value_or(false),
                    .cache = read_cache_mark(block)};
  read_content(field_of(block, "content"), result.content);
  return result;
}

Reasoning read_thought(const Value& block) {
  Reasoning thought{.text = text_field(block, "thinking")};
  take_signature(thought, text_field(block, "signature"), family);
  return thought;
}

Reasoning read_redacted(const Value& block) {
  Reasoning thought;
  std::string data = text_field(block, "data");
  if (auto envelope = open_envelope(data)) {
    take_signature(thought, std::move(data), family);
    return thought;
  }
  thought.redacted = std::move(data);
  thought.origin = family;
  return thought;
}

void write_source(json::Writer& out, const Media& media) {
  out.key("source").begin_object();
  switch (media.source) {
    case Media::Source::base64:
      out.member("type", "base64");
      out.member("media_type", media.media_type.empty() ? std::string_view(media.kind == Media::Kind::image ? "image/png" : "application/pdf")
                                                        : std::string_view(media.media_type));
      out.member("data", media.data);
      break;
    case Media::Source::file_id: out.member("type", "file").member("file_id", media.data); break;
    case Media::Source::text: out.member("type", "text").member("media_type", "text/plain").member("data", media.data); break;
    case Media::Source::url: out.member("type", "url").member("url", media.data); break;
  }
  out.end_object();
}

// Of documents Anthropic reads PDF and plain text; text in base64 is sent as the text that it is.
std::optional<Media> sayable(const Media& media) {
  if (media.kind == Media::Kind::image) return media;
  if (media.kind != Media::Kind::document) return std::nullopt;
  bool bytes = media.source == Media::Source::base64 && !media.media_type.empty() && media.media_type != "application/pdf";
  if (!bytes) return media;
  if (!media.media_type.starts_with("text/")) return std::nullopt;
  auto text = decode_base64(media.data);
  if (!text || !valid_utf8(*text)) return std::nullopt;
  Media plain = media;
  plain.source = Media::Source::text;
  plain.data = std::move(*text);
  return plain;
}

bool write_media(json::Writer& out, const Media& as_it_came) {
  auto said = sayable(as_it_came);
  if (!said) return false;
  const Media& media = *said;
  out.begin_object().member("type", media.kind == Media::Kind::image ? "image" : "document");
  write_source(out, media);
  if (media.kind == Media::Kind::document && !media.name.empty()) out.member("title", media.name);
  write_cache_mark(out, media.cache);
  out.end_object();
  return true;
}

void write_result(json::Writer& out, const ToolResult& result) {
  out.begin_object().member("type", "tool_result").member("tool_use_id", clean_id(result.call_id));
  out.key("content").begin_array();
  for (const Part& part : result.content) {
    const auto* text = part.as<Text>();
    if (text != nullptr && text->text.empty()) continue;
    write_block(out, part);
  }
  out.end_array();
  if (result.failed) out.member("is_error", true);
  write_cache_mark(out, result.cache);
  out.end_object();
}

}  // namespace

CacheMark read_cache_mark(const Value& object) {
  Value mark = field_of(object, "cache_control");
  if (!mark.is(Kind::object)) return CacheMark::none;
  return text_field(mark, "ttl") == "1h" ? CacheMark::one_hour : CacheMark::five_minutes;
}

void write_cache_mark(json::Writer& out, CacheMark mark) {
  if (mark == CacheMark::none) return;
  out.key("cache_control").begin_object().member("type", "ephemeral");
  if (mark == CacheMark::one_hour) out.member("ttl", "1h");
  out.end_object();
}

Part read_block(const Value& block) {
  std::string type = text_field(block, "type");
  CacheMark cache = read_cache_mark(block);
  if (type == "text") {
    Text text{.text = text_field(block, "text"), .cache = cache, .citations = raw_field(block, "citations")};
    if (!text.citations.empty()) text.citations_from = "anthropic_messages";
    return {std::move(text)};
  }
  if (type == "image") return {read_media(block, Media::Kind::image)};
  if (type == "document" && is_plain_document(block)) return {read_media(block, Media::Kind::document)};
  if (type == "tool_use" && field_of(block, "caller").is(Kind::null)) {
    std::string input = raw_field(block, "input");
    return {ToolCall{.id = text_field(block, "id"), .name = text_field(block, "name"), .arguments = input.empty() ? "{}" : input, .cache = cache}};
  }
  if (type == "tool_result") return {read_result(block)};
  if (type == "thinking") return {read_thought(block)};
  if (type == "redacted_thinking") return {read_redacted(block)};
  return {Foreign{.dialect = "anthropic_messages", .json = std::string(block.raw), .kind = std::move(type)}};
}

void read_content(const Value& content, std::vector<Part>& out) {
  if (content.is(Kind::string)) out.push_back({Text{.text = content.string().value_or("")}});
  for (const Value& block : json::Elements(content)) out.push_back(read_block(block));
  join_call_signatures(out);
}

bool write_block(json::Writer& out, const Part& part) {
  if (const auto* text = part.as<Text>()) {
    out.begin_object().member("type", "text").member("text", text->text);
    if (text->citations_from == "anthropic_messages") out.key("citations").raw(text->citations);
    write_cache_mark(out, text->cache);
    out.end_object();
    return true;
  }
  if (const auto* refusal = part.as<Refusal>()) {
    out.begin_object().member("type", "text").member("text", refusal->text).end_object();
    return true;
  }
  if (const auto* media = part.as<Media>()) return write_media(out, *media);
  if (const auto* call = part.as<ToolCall>()) {
    out.begin_object().member("type", "tool_use").member("id", clean_id(call->id)).member("name", call->name).key("input");
    out.raw(object_of_arguments(call->arguments));
    write_cache_mark(out, call->cache);
    out.end_object();
    return true;
  }
  if (const auto* result = part.as<ToolResult>()) {
    write_result(out, *result);
    return true;
  }
  const auto* foreign = part.as<Foreign>();
  if (foreign == nullptr || foreign->dialect != "anthropic_messages") return false;
  out.raw(foreign->json);
  return true;
}

bool write_thought(json::Writer& out, const Reasoning& thought, Signatures how) {
  bool native = thought.origin == family;
  if (native && !thought.redacted.empty()) {
    out.begin_object().member("type", "redacted_thinking").member("data", thought.redacted).end_object();
    return true;
  }
  if (how == Signatures::native_only && (!native || thought.signature.empty())) return false;
  out.begin_object().member("type", "thinking").member("thinking", thought.text);
  out.member("signature", shown_signature(thought, family)).end_object();
  return true;
}

std::string clean_id(std::string_view id) {
  std::string out(id);
  for (char& c : out) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (!plain) c = '_';
  }
  return out.empty() ? "call" : out;
}

}  // namespace tollgate::anthropic_messages
