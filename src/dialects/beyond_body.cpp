#include "dialects/beyond_body.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "dialects/fields.h"

namespace tollgate {
namespace {

using json::Kind;
using json::Value;

// More than twice what recorded calls had: 1,850 for image_generation, 1,200 for memory, 1,550 for reasoning.mode "pro".
constexpr std::int64_t prompt_most = 4'096;
// Of the host that a list of models to fall back on may lead to: 700 in recorded calls.
constexpr std::int64_t other_host_most = 1'024;

template <std::size_t n>
bool is_one_of(std::string_view word, const std::string_view (&words)[n]) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// Tools that the caller runs, or that read nothing: the model is only told of them. Anthropic's names end in a date.
bool is_only_described(std::string_view type) {
  constexpr std::string_view described[] = {"bash", "text_editor", "computer", "memory", "apply_patch", "shell", "local_shell", "image_generation", "tool_search"};
  return std::any_of(std::begin(described), std::end(described), [&](std::string_view name) { return type.starts_with(name); });
}

// Google and Bedrock have no type but a field for each kind.
bool reads_by_field(const Value& tool) {
  constexpr std::string_view reading[] = {"googleSearch", "google_search", "googleSearchRetrieval", "google_search_retrieval", "codeExecution", "code_execution",
                                          "urlContext", "url_context", "fileSearch", "file_search", "googleMaps", "google_maps", "enterpriseWebSearch",
                                          "enterprise_web_search", "retrieval", "systemTool"};
  for (const json::Member& member : json::Members(tool)) {
    auto is_it = [&](std::string_view name) { return member.key_is(name); };
    if (!member.value.is(Kind::null) && std::any_of(std::begin(reading), std::end(reading), is_it)) return true;
  }
  return false;
}

void add_tool(const Value& tool, BeyondBody& beyond) {
  if (!tool.is(Kind::object)) return;
  constexpr std::string_view of_callers[] = {"", "function", "custom"};
  std::string type = text_field(tool, "type");
  if (is_only_described(type) || !field_of(tool, "computerUse").is(Kind::null))
    beyond.tokens += prompt_most;
  else if (!is_one_of(type, of_callers) || reads_by_field(tool))
    beyond.fills_context = true;
}

void add_tools(const Value& tools, BeyondBody& beyond) {
  if (!tools.is(Kind::array)) return;
  for (const Value& tool : json::Elements(tools)) add_tool(tool, beyond);
}

bool is_empty(const Value& value) {
  bool list = value.is(Kind::array) || value.is(Kind::object);
  return value.is(Kind::null) || (list && value.raw.find_first_not_of(" \t\r\n", 1) == value.raw.size() - 1) || value.raw == R"("")";
}

// Anthropic's container with skills, OpenAI's stored prompt: objects; under the same names others have an id or a text.
bool fills(const json::Member& member) {
  constexpr std::string_view always[] = {"conversation", "web_search_options", "search_parameters", "plugins", "mcp_servers", "connectors"};
  constexpr std::string_view as_object[] = {"prompt", "container"};
  auto is_it = [&](std::string_view name) { return member.key_is(name); };
  return std::any_of(std::begin(always), std::end(always), is_it) ||
         (member.value.is(Kind::object) && std::any_of(std::begin(as_object), std::end(as_object), is_it));
}

}  // namespace

BeyondBody beyond_body(const Value& root) {
  BeyondBody beyond;
  if (!root.is(Kind::object)) return beyond;
  for (const json::Member& member : json::Members(root)) {
    if (is_empty(member.value)) continue;
    if (member.key_is("tools"))
      add_tools(member.value, beyond);
    else if (member.key_is("toolConfig") && member.value.is(Kind::object))
      add_tools(field_of(member.value, "tools"), beyond);
    else if (member.key_is("previous_response_id"))
      beyond.continues = true;
    else if (member.key_is("reasoning") && !field_of(member.value, "mode").is(Kind::null))
      beyond.tokens += prompt_most;
    else if (member.key_is("context_management"))
      beyond.tokens += prompt_most;  // it may be told how to sum up what was said
    else if (member.key_is("models"))
      beyond.tokens += other_host_most;
    else if (fills(member))
      beyond.fills_context = true;
  }
  return beyond;
}

}  // namespace tollgate
