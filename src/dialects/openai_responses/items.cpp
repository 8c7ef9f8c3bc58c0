#include "dialects/openai_responses/items.h"

#include "dialects/data_url.h"
#include "dialects/envelope.h"
#include "dialects/fields.h"

namespace tollgate::openai_responses {
namespace {

using json::Kind;
using json::Value;

constexpr std::string_view between_summaries = "\n\n";

Foreign foreign_of(const Value& value, std::string kind) {
  return {.dialect = "openai_responses", .json = std::string(value.raw), .kind = std::move(kind)};
}

Media read_image(const Value& part) {
  std::string id = text_field(part, "file_id");
  Media media = id.empty() ? media_from_url(Media::Kind::image, text_field(part, "image_url"))
                           : Media{.kind = Media::Kind::image, .source = Media::Source::file_id, .data = std::move(id)};
  media.detail = text_field(part, "detail");
  if (media.detail == "auto") media.detail.clear();  // as unsaid
  return media;
}

Media read_file(const Value& part) {
  std::string id = text_field(part, "file_id"), url = text_field(part, "file_url");
  if (!id.empty()) return {.kind = Media::Kind::document, .source = Media::Source::file_id, .data = std::move(id)};
  Media media = media_from_url(Media::Kind::document, url.empty() ? text_field(part, "file_data") : url);
  media.name = text_field(part, "filename");
  return media;
}

Media read_audio(const Value& part) {
  Value audio = field_of(part, "input_audio");
  std::string format = text_field(audio, "format");
  return {.kind = Media::Kind::audio,
          .source = Media::Source::base64,
          .data = text_field(audio, "data"),
          .media_type = format.empty() ? "" : "audio/" + format};
}

void read_part(const Value& part, std::vector<Part>& out) {
  std::string type = text_field(part, "type");
  if (type == "input_text" || type == "text") return out.push_back({Text{.text = text_field(part, "text")}});
  if (type == "output_text") {
    Text text{.text = text_field(part, "text")};
    Value annotations = field_of(part, "annotations");
    if (json::Elements(annotations).begin() != json::Elements(annotations).end()) {
      text.citations = annotations.raw;
      text.citations_from = "openai_responses";
    }
    return out.push_back({std::move(text)});
  }
  if (type == "refusal") return out.push_back({Refusal{.text = text_field(part, "refusal")}});
  if (type == "input_image") return out.push_back({read_image(part)});
  if (type == "input_file") return out.push_back({read_file(part)});
  if (type == "input_audio") return out.push_back({read_audio(part)});
  out.push_back({foreign_of(part, std::move(type))});
}

Reasoning read_thought(const Value& item) {
  Reasoning thought{.id = text_field(item, "id")};
  for (std::string_view key : {"content", "summary"}) {
    if (!thought.text.empty()) break;
    thought.summary = key == "summary";
    bool first = true;
    for (const Value& piece : json::Elements(field_of(item, key))) {
      if (!std::exchange(first, false)) thought.text += between_summaries;
      thought.text += text_field(piece, "text");
    }
  }
  take_signature(thought, text_field(item, "encrypted_content"), "openai");
  return thought;
}

}  // namespace

void read_content(const Value& content, std::vector<Part>& out) {
  if (content.is(Kind::string)) out.push_back({Text{.text = content.string().value_or("")}});
  for (const Value& part : json::Elements(content)) read_part(part, out);
}

void read_model_item(const Value& item, std::vector<Part>& out) {
  std::string type = text_field(item, "type");
  if (type == "message" || type.empty()) return read_content(field_of(item, "content"), out);
  if (type == "reasoning") return out.push_back({read_thought(item)});
  bool custom = type == "custom_tool_call";
  if (type != "function_call" && !custom) return out.push_back({foreign_of(item, std::move(type))});
  ToolCall call{.id = text_field(item, "call_id"), .name = text_field(item, "name"), .custom = custom};
  call.arguments = text_field(item, custom ? "input" : "arguments");
  if (!custom && call.arguments.empty()) call.arguments = "{}";
  out.push_back({std::move(call)});
}

bool is_result(std::string_view type) { return type == "function_call_output" || type == "custom_tool_call_output"; }

ToolResult read_result(const Value& item) {
  ToolResult result{.call_id = text_field(item, "call_id"), .custom = text_field(item, "type") == "custom_tool_call_output"};
  read_content(field_of(item, "output"), result.content);
  return result;
}

bool write_input_part(json::Writer& out, const Part& part) {
  if (const auto* text = part.as<Text>()) {
    out.begin_object().member("type", "input_text").member("text", text->text).end_object();
    return true;
  }
  if (const auto* foreign = part.as<Foreign>(); foreign != nullptr && foreign->dialect == "openai_responses") {
    out.raw(foreign->json);
    return true;
  }
  const auto* media = part.as<Media>();
  bool sayable = media != nullptr && (media->kind == Media::Kind::image || media->kind == Media::Kind::document);
  if (!sayable) return false;
  if (media->source == Media::Source::text) {
    out.begin_object().member("type", "input_text").member("text", media->data).end_object();
    return true;
  }
  bool by_id = media->source == Media::Source::file_id;
  if (media->kind == Media::Kind::image) {
    out.begin_object().member("type", "input_image");
    if (by_id)
      out.member("file_id", media->data);
    else
      out.member("image_url", url_of(*media));
    out.member("detail", media->detail.empty() ? std::string_view("auto") : std::string_view(media->detail)).end_object();
    return true;
  }
  out.begin_object().member("type", "input_file");
  if (!media->name.empty()) out.member("filename", media->name);
  if (by_id)
    out.member("file_id", media->data);
  else
    out.member(media->source == Media::Source::url ? "file_url" : "file_data", url_of(*media));
  out.end_object();
  return true;
}

void write_reasoning_item(json::Writer& out, const Reasoning& thought, std::string_view id) {
  out.begin_object().member("type", "reasoning");
  bool own = thought.origin.empty() || thought.origin == "openai";  // others' ids stand in the envelope
  std::string_view shown = own && !thought.id.empty() ? std::string_view(thought.id) : id;
  if (!shown.empty()) out.member("id", shown);
  out.key("summary").begin_array();
  if (!thought.text.empty() && thought.summary)
    out.begin_object().member("type", "summary_text").member("text", thought.text).end_object();
  out.end_array();
  if (!thought.text.empty() && !thought.summary) {
    out.key("content").begin_array();
    out.begin_object().member("type", "reasoning_text").member("text", thought.text).end_object().end_array();
  }
  std::string signature = shown_signature(thought, "openai");
  if (!signature.empty()) out.member("encrypted_content", signature);
  out.end_object();
}

void write_output_text(json::Writer& out, const Text& text, bool of_answer) {
  out.begin_object().member("type", "output_text").member("text", text.text).key("annotations");
  if (text.citations_from == "openai_responses")
    out.raw(text.citations);
  else
    out.begin_array().end_array();
  if (of_answer) out.key("logprobs").begin_array().end_array();
  out.end_object();
}

}  // namespace tollgate::openai_responses
