#include "dialects/ollama/message.h"

#include "dialects/fields.h"
#include "dialects/part_name.h"

namespace tollgate::ollama {

using json::Kind;
using json::Value;

void read_images(const Value& images, std::vector<Part>& out) {
  for (const Value& image : json::Elements(images))
    out.push_back({Media{.source = Media::Source::base64, .data = image.string().value_or("")}});
}

void read_message(const Value& message, std::vector<Part>& out) {
  std::string thought = text_field(message, "thinking"), text = text_field(message, "content");
  if (!thought.empty()) out.push_back({Reasoning{.text = std::move(thought)}});
  if (!text.empty()) out.push_back({Text{.text = std::move(text)}});
  read_images(field_of(message, "images"), out);
  for (const Value& call : json::Elements(field_of(message, "tool_calls"))) {
    Value function = field_of(call, "function");
    Value arguments = field_of(function, "arguments");
    out.push_back({ToolCall{.name = text_field(function, "name"),
                            .arguments = arguments.is(Kind::object) ? std::string(arguments.raw) : std::string("{}")}});
  }
}

void write_images(json::Writer& out, const std::vector<const Part*>& parts, Dropped& dropped) {
  bool begun = false;
  for (const Part* part : parts) {
    const auto* media = part->as<Media>();
    if (media == nullptr) continue;
    if (media->kind != Media::Kind::image || media->source != Media::Source::base64) {
      dropped.add(name_of(*part));
      continue;
    }
    if (!std::exchange(begun, true)) out.key("images").begin_array();
    out.value(media->data);
  }
  if (begun) out.end_array();
}

void write_call(json::Writer& out, const ToolCall& call) {
  out.begin_object().key("function").begin_object().member("name", call.name).key("arguments");
  out.raw(object_of_arguments(call.arguments)).end_object().end_object();
}

}  // namespace tollgate::ollama
