#include "dialects/prompt_texts.h"

#include <algorithm>
#include <utility>

namespace tollgate {
namespace {

using json::Kind;
using json::Value;

constexpr std::string_view lists[] = {"messages", "contents", "input"};                                     // of messages
constexpr std::string_view instructions[] = {"system", "systemInstruction", "system_instruction", "instructions"};
constexpr std::string_view more[] = {"response_format", "output_config", "output_format", "documents", "text", "previous_response_id", "conversation", "context_management",
                                     "web_search_options"};
constexpr std::string_view reasonings[] = {"thinking", "reasoning", "reasoning_config"};
constexpr std::string_view choices[] = {"tool_choice", "toolChoice", "functionCallingConfig", "function_calling_config"};
constexpr std::string_view demands[] = {R"("any")", R"("required")", R"("tool")", R"("function")", R"("ANY")", R"("REQUIRED")"};

template <std::size_t n>
bool is_one_of(const json::Member& member, const std::string_view (&names)[n]) {
  return std::any_of(std::begin(names), std::end(names), [&](std::string_view name) { return member.key_is(name); });
}

// A picture that is only named has a bound of its own.
bool names_a_file(const Value& part) {
  if (!part.is(Kind::object)) return false;
  std::string_view type = json::find(part, "type").value_or(Value{}).raw;
  if (type == R"("input_image")" || type == R"("image_url")" || type == R"("image")") return false;
  for (std::string_view name : {R"("file_id")", R"("file_url")", R"("s3Location")"})
    if (part.raw.find(name) != part.raw.npos) return true;
  auto source = json::find(part, "source");
  return source && source->is(Kind::object) && json::find(*source, "type").value_or(Value{}).raw == R"("url")";
}

bool is_demand(const Value& value) { return std::find(std::begin(demands), std::end(demands), value.raw) != std::end(demands); }

// {"type": "enabled"} of Anthropic, and what stands for it elsewhere: {"effort": "low"}, {"max_tokens": 2000}, {"enabled": true}.
bool asks_to_reason(const Value& value) {
  if (!value.is(Kind::object)) return false;
  for (const json::Member& member : json::Members(value)) {
    if (member.key_is("type") && member.value.raw == R"("enabled")") return true;
    if (member.key_is("enabled") && member.value.raw == "true") return true;
    if (member.key_is("effort") && !member.value.is(Kind::null) && member.value.raw != R"("none")") return true;
    if (member.key_is("max_tokens") && !member.value.is(Kind::null)) return true;
  }
  return false;
}

// "required", {"type": "any"}, {"any": {}}, {"mode": "ANY"}.
bool demands_a_call(const Value& value) {
  if (!value.is(Kind::object)) return is_demand(value);
  for (const json::Member& member : json::Members(value)) {
    if ((member.key_is("type") || member.key_is("mode")) && is_demand(member.value)) return true;
    if (member.key_is("any") || member.key_is("tool")) return true;
  }
  return false;
}

class Reading {
 public:
  Reading(const TakeText& take, const TakeTool& take_tool) : take_(take), take_tool_(take_tool) {}
  PromptForm form;

  void body(const Value& root) {
    for (const json::Member& member : json::Members(root)) {
      if (member.value.is(Kind::null)) continue;
      if (is_one_of(member, lists))
        messages(member.value);
      else if (is_one_of(member, instructions))
        form.instructions += instruction(member.value);
      else if (member.key_is("prompt"))
        instruction(member.value);
      else if (member.key_is("tools") || member.key_is("functions"))
        tools(member.value);
      else if (member.key_is("toolConfig"))
        tools(json::find(member.value, "tools").value_or(Value{}));
      else if (member.key_is("reasoning") && json::find(member.value, "mode"))
        form.only_text = false;  // a prompt of the provider's own
      else if (is_one_of(member, more))
        other(member.value);
      asked(member);
      if (member.key_is("toolConfig") || member.key_is("tool_config") || member.key_is("additionalModelRequestFields"))
        for (const json::Member& inner : json::Members(member.value)) asked(inner);
    }
  }

 private:
  void asked(const json::Member& member) {
    if (is_one_of(member, reasonings)) form.reasons = form.reasons || asks_to_reason(member.value);
    if (is_one_of(member, choices)) form.must_call = form.must_call || demands_a_call(member.value);
  }

  void text(const Value& value) {
    std::string_view raw = value.raw.substr(1, value.raw.size() - 2);
    form.text_bytes += static_cast<std::int64_t>(raw.size());
    take_({raw, std::exchange(within_, true)});
  }

  void other(const Value& value) {
    form.only_text = false;
    form.other_bytes += static_cast<std::int64_t>(value.raw.size());
  }

  // How many messages it is: nothing said is none.
  std::int64_t instruction(const Value& value) {
    if (value.is(Kind::string) && value.raw.size() == 2) return 0;
    ++form.messages;
    within_ = false;
    content(value);
    return 1;
  }

  // Gemini has several in {"functionDeclarations": […]}.
  void tools(const Value& value) {
    form.only_text = false;
    for (const Value& tool : json::Elements(value)) {
      std::optional<Value> declared;
      if (tool.is(Kind::object))
        for (std::string_view name : {"functionDeclarations", "function_declarations"})
          if (!declared) declared = json::find(tool, name);
      if (declared)
        for (const Value& one : json::Elements(*declared)) take_one(one);
      else
        take_one(tool);
    }
  }

  void take_one(const Value& tool) {
    ++form.tools;
    form.tool_bytes += static_cast<std::int64_t>(tool.raw.size());
    take_tool_(tool.raw);
  }

  void messages(const Value& value) {
    if (value.is(Kind::string)) {
      instruction(value);
      return;
    }
    for (const Value& message : json::Elements(value)) {
      if (message.is(Kind::string)) {
        text(message);
        continue;
      }
      if (!message.is(Kind::object)) {
        other(message);
        continue;
      }
      ++form.messages;
      within_ = false;
      one(message);
    }
  }

  void one(const Value& message) {
    for (const json::Member& member : json::Members(message)) {
      if (member.key_is("role")) {
        form.answers += member.value.raw == R"("assistant")" ? 1 : 0;
        form.instructions += member.value.raw == R"("system")" || member.value.raw == R"("developer")" ? 1 : 0;
        continue;
      }
      if (member.key_is("name")) {
        ++form.names;
        if (member.value.is(Kind::string)) take_({member.value.raw.substr(1, member.value.raw.size() - 2)});
      } else if (member.key_is("content") || member.key_is("parts")) {
        content(member.value);
      } else if (!member.key_is("type") && !member.value.is(Kind::null)) {
        other(member.value);
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
    if (said) return;
    other(value);
    form.named_files += names_a_file(value) ? 1 : 0;
  }

  const TakeText& take_;
  const TakeTool& take_tool_;
  bool within_ = false;  // a message of which a text was handed out
};

}  // namespace

PromptForm each_prompt_text(const Value& root, const TakeText& take, const TakeTool& take_tool) {
  Reading reading(take, take_tool);
  reading.body(root);
  return reading.form;
}

}  // namespace tollgate
