#include "dialects/openai_chat/message_writer.h"

#include "dialects/data_url.h"

namespace tollgate::openai_chat {
namespace {

std::string_view audio_format(std::string_view media_type) {
  std::string_view kind = media_type.substr(media_type.find('/') + 1);
  if (kind == "mpeg") return "mp3";
  return kind == "x-wav" || kind == "wave" ? "wav" : kind;
}

bool write_image(json::Writer& out, const Media& media) {
  std::string url = url_of(media);
  if (url.empty()) return false;
  out.begin_object().member("type", "image_url").key("image_url").begin_object().member("url", url);
  if (!media.detail.empty()) out.member("detail", media.detail);
  out.end_object();
  write_cache_mark(out, media.cache);
  out.end_object();
  return true;
}

bool write_document(json::Writer& out, const Media& media) {
  if (media.source == Media::Source::text) {
    out.begin_object().member("type", "text").member("text", media.data).end_object();
    return true;
  }
  out.begin_object().member("type", "file").key("file").begin_object();
  if (media.source == Media::Source::file_id) {
    out.member("file_id", media.data);
  } else {
    // OpenAI itself wants the bytes; compatible hosts fetch a URL.
    out.member("filename", media.name.empty() ? std::string_view("document.pdf") : std::string_view(media.name));
    out.member("file_data", url_of(media));
  }
  out.end_object().end_object();
  return true;
}

bool write_media(json::Writer& out, const Media& media) {
  switch (media.kind) {
    case Media::Kind::image: return write_image(out, media);
    case Media::Kind::document: return write_document(out, media);
    case Media::Kind::video: return false;
    case Media::Kind::audio: break;
  }
  if (media.source != Media::Source::base64) return false;
  out.begin_object().member("type", "input_audio").key("input_audio").begin_object();
  out.member("data", media.data).member("format", audio_format(media.media_type)).end_object().end_object();
  return true;
}

}  // namespace

void write_cache_mark(json::Writer& out, CacheMark mark) {
  if (mark == CacheMark::none) return;
  out.key("cache_control").begin_object().member("type", "ephemeral");
  if (mark == CacheMark::one_hour) out.member("ttl", "1h");
  out.end_object();
}

bool write_content_part(json::Writer& out, const Part& part) {
  if (const auto* text = part.as<Text>()) {
    out.begin_object().member("type", "text").member("text", text->text);
    write_cache_mark(out, text->cache);
    out.end_object();
    return true;
  }
  if (const auto* refusal = part.as<Refusal>()) {
    out.begin_object().member("type", "refusal").member("refusal", refusal->text).end_object();
    return true;
  }
  if (const auto* media = part.as<Media>()) return write_media(out, *media);
  const auto* foreign = part.as<Foreign>();
  if (foreign == nullptr || foreign->dialect != "openai_chat") return false;
  out.raw(foreign->json);
  return true;
}

void write_tool_call(json::Writer& out, const ToolCall& call, bool with_signature) {
  out.begin_object().member("id", call.id);
  if (call.custom) {
    out.member("type", "custom").key("custom").begin_object().member("name", call.name).member("input", call.arguments);
  } else {
    out.member("type", "function").key("function").begin_object().member("name", call.name);
    out.member("arguments", call.arguments.empty() ? std::string_view("{}") : std::string_view(call.arguments));
  }
  out.end_object();
  if (with_signature && !call.signature.empty()) {
    out.key("extra_content").begin_object().key("google").begin_object();
    out.member("thought_signature", call.signature).end_object().end_object();
  }
  out.end_object();
}

}  // namespace tollgate::openai_chat
