#include "dialects/cohere/message.h"

#include <algorithm>

#include "dialects/data_url.h"
#include "dialects/fields.h"

namespace tollgate::cohere {
namespace {

using json::Kind;
using json::Value;

Part read_part(const Value& part) {
  std::string type = text_field(part, "type");
  if (type == "text") return {Text{.text = text_field(part, "text")}};
  if (type == "thinking") return {Reasoning{.text = text_field(part, "thinking")}};
  if (type == "image_url") {
    Value image = field_of(part, "image_url");
    Media media = media_from_url(Media::Kind::image, text_field(image, "url"));
    media.detail = text_field(image, "detail");
    return {std::move(media)};
  }
  // A tool's result as a document: its data is what it says.
  if (type == "document") {
    Value data = field_of(field_of(part, "document"), "data");
    return {Text{.text = data.is(Kind::string) ? data.string().value_or("") : std::string(data.raw)}};
  }
  return {Foreign{.dialect = "cohere", .json = std::string(part.raw), .kind = std::move(type)}};
}

bool says_nothing(const std::string& text) { return text.empty(); }

}  // namespace

void read_content(const Value& content, std::vector<Part>& out) {
  if (content.is(Kind::string) && content.raw.size() > 2) out.push_back({Text{.text = content.string().value_or("")}});
  for (const Value& part : json::Elements(content)) out.push_back(read_part(part));
}

void read_message(const Value& message, std::vector<Part>& out) {
  std::size_t first = out.size();
  read_content(field_of(message, "content"), out);
  Value citations = field_of(message, "citations");
  bool cited = json::Elements(citations).begin() != json::Elements(citations).end();
  for (std::size_t i = first; cited && i < out.size(); ++i)
    if (auto* text = out[i].as<Text>()) {
      text->citations = citations.raw;
      text->citations_from = "cohere";
      break;
    }
  std::string plan = text_field(message, "tool_plan");
  if (!says_nothing(plan)) out.push_back({Text{.text = std::move(plan)}});
  for (const Value& call : json::Elements(field_of(message, "tool_calls"))) {
    Value function = field_of(call, "function");
    std::string arguments = text_field(function, "arguments");
    if (arguments == "null") arguments.clear();  // Cohere's word for none
    out.push_back({ToolCall{.id = text_field(call, "id"), .name = text_field(function, "name"), .arguments = arguments.empty() ? "{}" : std::move(arguments)}});
  }
}

bool write_content_part(json::Writer& out, const Part& part) {
  if (const auto* text = part.as<Text>()) {
    out.begin_object().member("type", "text").member("text", text->text).end_object();
    return true;
  }
  if (const auto* refusal = part.as<Refusal>()) {
    out.begin_object().member("type", "text").member("text", refusal->text).end_object();
    return true;
  }
  if (const auto* foreign = part.as<Foreign>(); foreign != nullptr && foreign->dialect == "cohere") {
    out.raw(foreign->json);
    return true;
  }
  const auto* media = part.as<Media>();
  if (media == nullptr) return false;
  if (media->source == Media::Source::text) {
    out.begin_object().member("type", "text").member("text", media->data).end_object();
    return true;
  }
  std::string url = url_of(*media);
  if (media->kind != Media::Kind::image || url.empty()) return false;
  out.begin_object().member("type", "image_url").key("image_url").begin_object().member("url", url);
  if (!media->detail.empty()) out.member("detail", media->detail);
  out.end_object().end_object();
  return true;
}

void write_call(json::Writer& out, const ToolCall& call) {
  out.begin_object().member("id", call.id).member("type", "function").key("function").begin_object();
  out.member("name", call.name).member("arguments", object_of_arguments(call.arguments)).end_object().end_object();
}

void write_message(json::Writer& out, const std::vector<Part>& parts, bool thoughts) {
  bool calls = std::any_of(parts.begin(), parts.end(), [](const Part& part) { return part.as<ToolCall>() != nullptr; });
  std::string plan, citations;
  bool content = false;
  for (const Part& part : parts) {
    const auto* text = part.as<Text>();
    if (text != nullptr && text->citations_from == "cohere") citations = text->citations;
    if (text != nullptr && calls) {
      plan += text->text;
      continue;
    }
    const auto* thought = part.as<Reasoning>();
    bool told = thought != nullptr ? thoughts && !says_nothing(thought->text) : part.as<ToolCall>() == nullptr;
    if (!told) continue;
    if (!std::exchange(content, true)) out.key("content").begin_array();
    if (thought != nullptr)
      out.begin_object().member("type", "thinking").member("thinking", thought->text).end_object();
    else
      write_content_part(out, part);
  }
  if (content) out.end_array();
  if (!says_nothing(plan)) out.member("tool_plan", plan);
  if (calls) {
    out.key("tool_calls").begin_array();
    for (const Part& part : parts)
      if (const auto* call = part.as<ToolCall>()) write_call(out, *call);
    out.end_array();
  }
  if (!citations.empty()) out.key("citations").raw(citations);
}

}  // namespace tollgate::cohere
