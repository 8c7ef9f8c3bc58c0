#include "dialects/gemini/config_writer.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/gemini/fields.h"
#include "dialects/reasoning.h"

namespace tollgate::gemini {
namespace {

using json::Writer;

constexpr std::size_t max_google_stops = 5;  // Source: the API's description, `stopSequences`, "up to 5"
constexpr std::int64_t max_google_seed = INT32_MAX;

bool is_own(const ChatRequest& request) { return request.dialect == "gemini"; }

const ExtraField* find_extra(const ChatRequest& request, std::string_view name) {
  if (!is_own(request)) return nullptr;
  for (const ExtraField& extra : request.extras)
    if (extra.name == name) return &extra;
  return nullptr;
}

// The extras right under a path, which ends in a dot or is empty.
void write_extras_below(Writer& writer, const ChatRequest& request, std::string_view path) {
  if (!is_own(request)) return;
  for (const ExtraField& extra : request.extras) {
    std::string_view name = extra.name;
    if (!name.starts_with(path) || name.find('.', path.size()) != std::string_view::npos) continue;
    writer.key(name.substr(path.size())).raw(extra.json);
  }
}

template <class T>
void add(Writer& writer, std::string_view name, const std::optional<T>& said) {
  if (said) writer.member(name, *said);
}
void add_number(Writer& writer, std::string_view name, const std::string& number) {
  if (!number.empty()) writer.key(name).raw(number);
}
void add_texts(Writer& writer, std::string_view name, const std::vector<std::string>& texts) {
  writer.key(name).begin_array();
  for (const std::string& text : texts) writer.value(text);
  writer.end_array();
}

void write_declaration(Writer& writer, const Tool& tool, bool own, Dropped& dropped) {
  if (tool.cache != CacheMark::none) dropped.add("cache_control");
  if (own && tool.foreign.dialect == "gemini") {
    writer.raw(tool.foreign.json);
    return;
  }
  if (tool.strict == true) dropped.add("strict");
  writer.begin_object().member("name", tool.name);
  if (!tool.description.empty()) writer.member("description", tool.description);
  if (!tool.parameters.empty()) writer.key("parametersJsonSchema").raw(tool.parameters);
  writer.end_object();
}

void write_functions(Writer& writer, const ChatRequest& request, Dropped& dropped) {
  writer.begin_object().key("functionDeclarations").begin_array();
  for (const Tool& tool : request.tools)
    if (tool.kind == Tool::Kind::function) write_declaration(writer, tool, is_own(request), dropped);
  writer.end_array().end_object();
}

bool is_writable(const Tool& tool) {
  return tool.kind == Tool::Kind::function || (tool.kind == Tool::Kind::foreign && tool.foreign.dialect == "gemini");
}

void write_format(Writer& writer, const ChatRequest& request, Dropped& dropped) {
  const OutputFormat& format = request.response_format;
  if (find_extra(request, "generationConfig.responseMimeType") || format.kind == OutputFormat::Kind::unsaid) return;
  bool json = format.kind != OutputFormat::Kind::text;
  writer.member("responseMimeType", json ? "application/json" : "text/plain");
  if (format.kind != OutputFormat::Kind::schema) return;
  writer.key("responseJsonSchema").raw(format.schema);
  if (!format.description.empty()) dropped.add("response_format.description");
}

// The budget nearest to what was asked that the model takes. Source: ai.google.dev, "Thinking", ranges of the 2.5 models: Pro 128 to
// 32768 and never off, Flash 0 to 24576.
std::int64_t allowed_budget(std::int64_t budget, std::string_view model) {
  if (budget < 0) return -1;
  bool pro = model.find("pro") != std::string_view::npos;
  return pro ? std::clamp<std::int64_t>(budget, 128, 32'768) : std::clamp<std::int64_t>(budget, 0, 24'576);
}

// Levels of the 3 models: Pro knows low and high (later ones medium), Flash all four. Source: the same page.
std::string_view level_of(std::string_view effort, std::string_view model) {
  bool pro = model.find("pro") != std::string_view::npos;
  if (effort == "none" || effort == "minimal") return pro ? "low" : "minimal";
  if (effort == "low") return "low";
  if (effort == "medium") return model.find("gemini-3-pro") != std::string_view::npos ? "high" : "medium";
  return "high";
}

bool wishes_thinking(const ReasoningWish& wish) {
  return !wish.effort.empty() || wish.budget_tokens || wish.enabled || !wish.summary.empty();
}

// A budget that was said goes as it is where it came from this dialect; levels take budgets too, though not both.
void write_amount(Writer& writer, const ChatRequest& request, std::string_view model) {
  const ReasoningWish& wish = request.reasoning;
  bool levels = thinking_of(model) == Thinking::level;
  if (is_own(request) && wish.budget_tokens) {
    writer.member("thinkingBudget", *wish.budget_tokens);
  } else if (is_own(request) && !wish.effort.empty() && levels) {
    writer.member("thinkingLevel", wish.effort);
  } else if (levels) {
    if (auto effort = effort_of(wish); !effort.empty()) writer.member("thinkingLevel", level_of(effort, model));
  } else if (auto budget = budget_of(wish)) {
    writer.member("thinkingBudget", allowed_budget(*budget, model));
  }
}

void write_thinking(Writer& writer, const ChatRequest& request, std::string_view model, Dropped& dropped) {
  std::string inner;
  Writer config(inner);
  config.begin_object();
  bool wished = wishes_thinking(request.reasoning);
  if (wished && thinking_of(model) == Thinking::never && !is_own(request)) {
    dropped.add("reasoning_effort");
  } else if (wished) {
    write_amount(config, request, model);
    if (!request.reasoning.summary.empty()) config.member("includeThoughts", true);
  }
  write_extras_below(config, request, "generationConfig.thinkingConfig.");
  config.end_object();
  if (inner != "{}") writer.key("thinkingConfig").raw(inner);
}

void write_stop(Writer& writer, const ChatRequest& request, Dropped& dropped) {
  if (request.stop.empty()) return;
  std::vector<std::string> stops = request.stop;
  if (!is_own(request) && stops.size() > max_google_stops) {
    stops.resize(max_google_stops);
    dropped.add("stop");
  }
  add_texts(writer, "stopSequences", stops);
}

void write_seed(Writer& writer, const ChatRequest& request, Dropped& dropped) {
  bool fits = request.seed && *request.seed <= max_google_seed && *request.seed >= -max_google_seed - 1;
  if (fits) writer.member("seed", *request.seed);
  if (request.seed && !fits) dropped.add("seed");
}

void write_mode(Writer& writer, std::string_view mode) { writer.member("mode", mode); }

void write_calling(Writer& writer, const ChatRequest& request) {
  if (const ExtraField* whole = find_extra(request, "toolConfig.functionCallingConfig")) {
    writer.key("functionCallingConfig").raw(whole->json);
    return;
  }
  const ToolChoice& choice = request.tool_choice;
  if (choice.kind == ToolChoice::Kind::unsaid) return;
  writer.key("functionCallingConfig").begin_object();
  switch (choice.kind) {
    case ToolChoice::Kind::none: write_mode(writer, "NONE"); break;
    case ToolChoice::Kind::required: write_mode(writer, "ANY"); break;
    case ToolChoice::Kind::named:
      write_mode(writer, "ANY");
      add_texts(writer, "allowedFunctionNames", {choice.name});
      break;
    default: write_mode(writer, "AUTO"); break;
  }
  writer.end_object();
}

}  // namespace

Thinking thinking_of(std::string_view model) {
  auto has = [&](std::string_view word) { return model.find(word) != std::string_view::npos; };
  if (has("gemini-1") || has("gemini-2.0") || has("gemma")) return Thinking::never;
  return has("gemini-2.5") ? Thinking::budget : Thinking::level;
}

void write_tools(Writer& writer, const ChatRequest& request, Dropped& dropped) {
  for (const Tool& tool : request.tools)
    if (!is_writable(tool)) dropped.add(tool.foreign.kind.empty() ? "custom" : tool.foreign.kind);
  if (std::none_of(request.tools.begin(), request.tools.end(), is_writable)) return;
  bool functions = false;
  writer.key("tools").begin_array();
  for (const Tool& tool : request.tools) {
    if (!is_writable(tool)) continue;
    if (tool.kind == Tool::Kind::foreign) {
      writer.raw(tool.foreign.json);
    } else if (!std::exchange(functions, true)) {
      write_functions(writer, request, dropped);
    }
  }
  writer.end_array();
}

void write_tool_config(Writer& writer, const ChatRequest& request) {
  std::string inner;
  Writer config(inner);
  config.begin_object();
  write_calling(config, request);
  if (is_own(request)) {
    for (const ExtraField& extra : request.extras) {
      constexpr std::string_view path = "toolConfig.";
      if (!extra.name.starts_with(path) || extra.name == "toolConfig.functionCallingConfig") continue;
      config.key(std::string_view(extra.name).substr(path.size())).raw(extra.json);
    }
  }
  config.end_object();
  if (inner != "{}") writer.key("toolConfig").raw(inner);
}

void write_generation_config(Writer& writer, const ChatRequest& request, std::string_view model, Dropped& dropped) {
  std::string inner;
  Writer config(inner);
  config.begin_object();
  add(config, "maxOutputTokens", request.max_output);
  add(config, "candidateCount", request.n);
  add_number(config, "temperature", request.temperature);
  add_number(config, "topP", request.top_p);
  add(config, "topK", request.top_k);
  add_number(config, "presencePenalty", request.presence_penalty);
  add_number(config, "frequencyPenalty", request.frequency_penalty);
  write_seed(config, request, dropped);
  write_stop(config, request, dropped);
  write_format(config, request, dropped);
  add(config, "responseLogprobs", request.logprobs);
  add(config, "logprobs", request.top_logprobs);
  if (!request.modalities.empty()) {
    std::vector<std::string> words;
    for (const std::string& word : request.modalities) words.push_back(upper(word));
    add_texts(config, "responseModalities", words);
  }
  write_thinking(config, request, model, dropped);
  write_extras_below(config, request, "generationConfig.");
  config.end_object();
  if (inner != "{}") writer.key("generationConfig").raw(inner);
}

void write_top_extras(Writer& writer, const ChatRequest& request, Dropped& dropped) {
  if (is_own(request)) {
    write_extras_below(writer, request, "");
    return;
  }
  for (const ExtraField& extra : request.extras) dropped.add(extra.name);
}

}  // namespace tollgate::gemini
