#include "dialects/prompt_pictures.h"

#include "dialects/data_url.h"
#include "dialects/fields.h"

namespace tollgate {
namespace {

using json::Kind;
using json::Value;

std::string_view inside(const Value& text) {
  return text.is(Kind::string) ? text.raw.substr(1, text.raw.size() - 2) : std::string_view();
}

// Base64 and data URLs have no characters that JSON must escape but the slash, and nobody escapes that in pictures.
std::optional<PictureSize> size_in(const Value& text) {
  std::string_view raw = inside(text);
  if (auto url = parse_data_url(raw)) return size_of_picture(url->base64);
  return size_of_picture(raw);
}

class Looking {
 public:
  std::vector<PromptPicture> found;

  void body(const Value& root) {
    for (std::string_view list : {"messages", "contents", "input"})
      for (const Value& message : json::Elements(field_of(root, list))) one(message);
    pictures(field_of(root, "images"));
  }

 private:
  void one(const Value& message) {
    for (std::string_view name : {"content", "parts"})
      for (const Value& part : json::Elements(field_of(message, name))) look_at(part);
    pictures(field_of(message, "images"));
    look_at(message);  // an item of Responses may be a picture itself
  }

  // Ollama's list of base64 texts.
  void pictures(const Value& list) {
    for (const Value& picture : json::Elements(list)) add({size_in(picture)});
  }

  void look_at(const Value& part) {
    std::string_view type = inside(field_of(part, "type"));
    if (type == "image_url") {  // OpenAI's chat, Cohere
      Value image = field_of(part, "image_url");
      bool low = inside(field_of(image, "detail")) == "low" || inside(field_of(part, "detail")) == "low";
      add({size_in(image.is(Kind::string) ? image : field_of(image, "url")), low});
    } else if (type == "input_image") {  // Responses
      add({size_in(field_of(part, "image_url")), inside(field_of(part, "detail")) == "low"});
    } else if (type == "image") {  // Anthropic
      add({size_in(field_of(field_of(part, "source"), "data"))});
    } else if (Value image = field_of(part, "image"); image.is(Kind::object)) {  // Bedrock
      add({size_in(field_of(field_of(image, "source"), "bytes"))});
    } else {  // Gemini
      for (std::string_view name : {"inlineData", "inline_data"})
        if (Value data = field_of(part, name); data.is(Kind::object) && is_picture(data)) add({size_in(field_of(data, "data"))});
    }
  }

  static bool is_picture(const Value& data) {
    bool camel = inside(field_of(data, "mimeType")).starts_with("image/");
    return camel || inside(field_of(data, "mime_type")).starts_with("image/");
  }

  void add(PromptPicture picture) {
    if (found.size() >= prompt_pictures_max) picture.size.reset();
    found.push_back(picture);
  }
};

}  // namespace

std::vector<PromptPicture> pictures_of(const Value& root) {
  Looking looking;
  looking.body(root);
  return looking.found;
}

}  // namespace tollgate
