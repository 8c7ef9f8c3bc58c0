#include "dialects/prompt_texts.h"

#include <algorithm>

namespace tollgate {
namespace {

using json::Kind;
using json::Value;

constexpr std::string_view lists[] = {"messages", "contents", "input"};                                     // of messages
constexpr std::string_view instructions[] = {"system", "systemInstruction", "system_instruction", "instructions"};
constexpr std::string_view more[] = {"tools", "functions", "response_format", "output_config", "output_format", "toolConfig", "documents", "text"};

template <std::size_t n>
bool is_one_of(const json::Member& member, const std::string_view (&names)[n]) {
  return std::any_of(std::begin(names), std::end(names), [&](std::string_view name) { return member.key_is(name); });
}

class Reading {
 public:
  explicit Reading(const std::function<void(std::string_view)>& take) : take_(take) {}
  PromptForm form;

  void body(const Value& root) {
    for (const json::Member& member : json::Members(root)) {
      if (member.value.is(Kind::null)) continue;
      if (is_one_of(member, lists))
        messages(member.value);
      else if (is_one_of(member, instructions))
        instruction(member.value);
      else if (member.key_is("prompt"))
        instruction(member.value);
      else if (is_one_of(member, more))
        form.only_text = false;
    }
  }

 private:
  void text(const Value& value) {
    std::string_view raw = value.raw.substr(1, value.raw.size() - 2);
    form.text_bytes += static_cast<std::int64_t>(raw.size());
    take_(raw);
  }

  void instruction(const Value& value) {
    ++form.messages;
    content(value);
  }

  void messages(const Value& value) {
    if (value.is(Kind::string)) return instruction(value);
    for (const Value& message : json::Elements(value)) {
      if (message.is(Kind::string)) {
        text(message);
        continue;
      }
      if (!message.is(Kind::object)) {
        form.only_text = false;
        continue;
      }
      ++form.messages;
      one(message);
    }
  }

  void one(const Value& message) {
    for (const json::Member& member : json::Members(message)) {
      if (member.key_is("role")) continue;
      if (member.key_is("name")) {
        ++form.names;
        if (member.value.is(Kind::string)) take_(member.value.raw.substr(1, member.value.raw.size() - 2));
      } else if (member.key_is("content") || member.key_is("parts")) {
        content(member.value);
      } else if (!member.key_is("type") && !member.value.is(Kind::null)) {
        form.only_text = false;
      }
    }
  }

  // A text, or a list of parts, of which those with a text are that.
  void content(const Value& value) {
    if (value.is(Kind::string)) return text(value);
    if (value.is(Kind::object)) return parts_of(value);
    for (const Value& element : json::Elements(value)) {
      if (element.is(Kind::string))
        text(element);
      else
        part(element);
    }
  }

  // Gemini's {"parts": […]}, or one part alone.
  void parts_of(const Value& value) {
    auto parts = json::find(value, "parts");
    if (parts)
      content(*parts);
    else
      part(value);
  }

  void part(const Value& value) {
    bool said = false;
    for (const json::Member& member : json::Members(value)) {
      bool is_text = member.key_is("text") && member.value.is(Kind::string);
      if (is_text) text(member.value);
      said = said || is_text;
    }
    if (!said) form.only_text = false;
  }

  const std::function<void(std::string_view)>& take_;
};

}  // namespace

PromptForm each_prompt_text(const Value& root, const std::function<void(std::string_view)>& take) {
  Reading reading(take);
  reading.body(root);
  return reading.form;
}

}  // namespace tollgate
