#include "dialects/openai_chat/request_writer.h"

#include <algorithm>

#include "dialects/dropped.h"
#include "dialects/openai_chat/message_writer.h"
#include "dialects/openai_chat/reasoning_details.h"
#include "dialects/part_name.h"
#include "dialects/reasoning.h"

namespace tollgate::openai_chat {
namespace {

// Tiers that OpenAI's chat knows by name.
constexpr std::string_view tiers[] = {"auto", "default", "flex", "scale", "priority"};

class Body {
 public:
  Body(const ChatRequest& request, const TargetWays& ways) : request_(request), ways_(ways), out_(written_.body) {}

  WrittenRequest write() && {
    out_.begin_object().member("model", ways_.model);
    write_messages();
    write_tools();
    write_choice();
    write_format();
    write_reasoning();
    write_numbers();
    write_words();
    write_stream();
    write_extras();
    out_.end_object();
    written_.path = "/chat/completions";
    written_.dropped = dropped_.take();
    return std::move(written_);
  }

 private:
  bool own() const { return request_.dialect == "openai_chat"; }
  void drop(std::string name) { dropped_.add(std::move(name)); }

  std::string_view word_of(Role role) const {
    switch (role) {
      case Role::system: return "system";
      case Role::developer: return ways_.system_only ? "system" : "developer";
      case Role::assistant: return "assistant";
      case Role::tool: return "tool";
      case Role::user: break;
    }
    return "user";
  }

  void write_messages() {
    out_.key("messages").begin_array();
    for (const Message& message : request_.messages) {
      if (message.role == Role::assistant)
        write_assistant(message);
      else
        write_others(message);
    }
    out_.end_array();
  }

  // Results stand apart, each a message of its own; what they hold beside text comes behind them all.
  void write_others(const Message& message) {
    std::vector<const Part*> said, shown;
    for (const Part& part : message.parts) {
      const auto* result = part.as<ToolResult>();
      if (result == nullptr) {
        said.push_back(&part);
        continue;
      }
      write_result(*result);
      for (const Part& inner : result->content)
        if (inner.as<Media>() != nullptr && !own()) shown.push_back(&inner);
    }
    shown.insert(shown.end(), said.begin(), said.end());
    if (shown.empty() && message.role == Role::tool) return;
    out_.begin_object().member("role", word_of(message.role == Role::tool ? Role::user : message.role));
    write_content(shown);
    if (!message.name.empty()) out_.member("name", message.name);
    out_.end_object();
  }

  void write_result(const ToolResult& result) {
    bool as_it_came = own() && std::any_of(result.content.begin(), result.content.end(), [](const Part& part) { return part.as<Text>() == nullptr; });
    if (as_it_came) {
      std::vector<const Part*> parts;
      for (const Part& part : result.content) parts.push_back(&part);
      out_.begin_object().member("role", "tool").member("tool_call_id", result.call_id);
      write_content(parts);
      if (!result.name.empty()) out_.member("name", result.name);
      out_.end_object();
      return;
    }
    std::string text;
    for (const Part& part : result.content)
      if (const auto* piece = part.as<Text>()) text += piece->text;
    out_.begin_object().member("role", "tool").member("tool_call_id", result.call_id).member("content", text);
    if (own() && !result.name.empty()) out_.member("name", result.name);
    out_.end_object();
  }

  void write_assistant(const Message& message) {
    std::vector<const Part*> said;
    std::vector<const ToolCall*> calls;
    std::vector<const Reasoning*> thoughts;
    for (const Part& part : message.parts) {
      if (const auto* call = part.as<ToolCall>())
        calls.push_back(call);
      else if (const auto* thought = part.as<Reasoning>())
        keep_thought(*thought, thoughts);
      else
        said.push_back(&part);
    }
    out_.begin_object().member("role", "assistant");
    if (said.empty() && !calls.empty())
      out_.key("content").null();
    else
      write_content(said);
    if (!thoughts.empty()) {
      out_.key("reasoning_details").begin_array();
      for (const Reasoning* thought : thoughts) write_reasoning_detail(out_, *thought);
      out_.end_array();
    }
    if (!calls.empty()) {
      out_.key("tool_calls").begin_array();
      for (const ToolCall* call : calls) write_tool_call(out_, *call, ways_.family == "gemini");
      out_.end_array();
    }
    if (!message.name.empty()) out_.member("name", message.name);
    out_.end_object();
  }

  void keep_thought(const Reasoning& thought, std::vector<const Reasoning*>& thoughts) {
    bool same_dialect = own();
    bool taken_back = !thought.origin.empty() && thought.origin == ways_.family;
    if (same_dialect || taken_back)
      thoughts.push_back(&thought);
    else
      drop("reasoning");
  }

  // Plain text where nothing else is to be said, as every host understands it.
  void write_content(const std::vector<const Part*>& parts) {
    auto plain = [](const Part* part) {
      const auto* text = part->as<Text>();
      return text != nullptr && text->cache == CacheMark::none;
    };
    out_.key("content");
    if (parts.size() <= 1 && std::all_of(parts.begin(), parts.end(), plain)) {
      out_.value(parts.empty() ? std::string_view() : std::string_view(parts[0]->as<Text>()->text));
      return;
    }
    std::string list = "[";
    for (const Part* part : parts) {
      std::string one;
      json::Writer writer(one);
      if (!write_content_part(writer, *part)) {
        drop(name_of(*part));
        continue;
      }
      if (list.size() > 1) list += ',';
      list += one;
    }
    list += ']';
    if (list.size() == 2)
      out_.value("");
    else
      out_.raw(list);
  }

  void write_tools() {
    std::vector<const Tool*> known;
    for (const Tool& tool : request_.tools) {
      bool ours = tool.kind == Tool::Kind::function || tool.foreign.dialect == "openai_chat";
      if (ours)
        known.push_back(&tool);
      else
        drop(tool.foreign.kind.empty() ? "tools" : tool.foreign.kind);
    }
    if (known.empty()) return;
    out_.key("tools").begin_array();
    for (const Tool* tool : known) {
      if (tool->kind != Tool::Kind::function) {
        out_.raw(tool->foreign.json);
        continue;
      }
      out_.begin_object().member("type", "function").key("function").begin_object().member("name", tool->name);
      if (!tool->description.empty()) out_.member("description", tool->description);
      if (!tool->parameters.empty()) out_.key("parameters").raw(tool->parameters);
      if (tool->strict) out_.member("strict", *tool->strict);
      out_.end_object();
      write_cache_mark(out_, tool->cache);
      out_.end_object();
    }
    out_.end_array();
  }

  void write_choice() {
    using enum ToolChoice::Kind;
    const ToolChoice& choice = request_.tool_choice;
    if (choice.kind == automatic) out_.member("tool_choice", "auto");
    if (choice.kind == none) out_.member("tool_choice", "none");
    if (choice.kind == required) out_.member("tool_choice", "required");
    if (choice.kind == named) {
      out_.key("tool_choice").begin_object().member("type", "function").key("function").begin_object();
      out_.member("name", choice.name).end_object().end_object();
    }
    if (request_.parallel_tool_calls) out_.member("parallel_tool_calls", *request_.parallel_tool_calls);
  }

  void write_format() {
    using enum OutputFormat::Kind;
    const OutputFormat& format = request_.response_format;
    if (format.kind == unsaid) return;
    out_.key("response_format").begin_object();
    if (format.kind == text) out_.member("type", "text");
    if (format.kind == json) out_.member("type", "json_object");
    if (format.kind == schema) {
      out_.member("type", "json_schema").key("json_schema").begin_object();
      out_.member("name", format.name.empty() ? std::string_view("answer") : std::string_view(format.name));
      if (!format.description.empty()) out_.member("description", format.description);
      if (!format.schema.empty()) out_.key("schema").raw(format.schema);
      if (format.strict) out_.member("strict", *format.strict);
      out_.end_object();
    }
    out_.end_object();
  }

  // Hosts with a `reasoning` object of their own get it back as it was.
  void write_reasoning() {
    const ReasoningWish& wish = request_.reasoning;
    bool has_object = own() && (wish.budget_tokens || wish.enabled || !wish.summary.empty());
    if (has_object) {
      out_.key("reasoning").begin_object();
      word("effort", wish.effort);
      number("max_tokens", wish.budget_tokens);
      if (wish.enabled) out_.member("enabled", *wish.enabled);
      word("summary", wish.summary);
      out_.end_object();
      return;
    }
    std::string_view effort = effort_of(request_.reasoning);
    if (!effort.empty()) out_.member("reasoning_effort", effort);
  }

  void number(std::string_view name, const std::optional<std::int64_t>& value) {
    if (value) out_.member(name, *value);
  }
  void raw(std::string_view name, const std::string& json) {
    if (!json.empty()) out_.key(name).raw(json);
  }
  void word(std::string_view name, const std::string& text) {
    if (!text.empty()) out_.member(name, text);
  }

  void write_numbers() {
    number(ways_.legacy_max_tokens ? "max_tokens" : "max_completion_tokens", request_.max_output);
    number("n", request_.n);
    number("seed", request_.seed);
    if (own())
      number("top_k", request_.top_k);
    else if (request_.top_k)
      drop("top_k");
    raw("temperature", request_.temperature);
    raw("top_p", request_.top_p);
    raw("presence_penalty", request_.presence_penalty);
    raw("frequency_penalty", request_.frequency_penalty);
    if (request_.logprobs) out_.member("logprobs", *request_.logprobs);
    number("top_logprobs", request_.top_logprobs);
  }

  void write_words() {
    if (!request_.stop.empty()) {
      out_.key("stop").begin_array();
      for (const std::string& text : request_.stop) out_.value(text);
      out_.end_array();
    }
    raw("logit_bias", request_.logit_bias);
    word("user", request_.user);
    raw("metadata", request_.metadata);
    bool tier_known = own() || std::find(std::begin(tiers), std::end(tiers), request_.service_tier) != std::end(tiers);
    if (tier_known)
      word("service_tier", request_.service_tier);
    else
      dropped_.add_if(!request_.service_tier.empty(), "service_tier");
    word("verbosity", request_.verbosity);
    word("prompt_cache_key", request_.prompt_cache_key);
    write_modalities();
    raw("audio", request_.audio);
    if (request_.store) out_.member("store", *request_.store);
    if (!request_.previous_response_id.empty()) drop("previous_response_id");
  }

  // OpenAI's chat says text and audio; hosts of its own dialect may say more.
  void write_modalities() {
    std::vector<std::string_view> known;
    for (const std::string& modality : request_.modalities) {
      if (own() || modality == "text" || modality == "audio")
        known.push_back(modality);
      else
        drop("modalities");
    }
    if (known.empty()) return;
    out_.key("modalities").begin_array();
    for (std::string_view modality : known) out_.value(modality);
    out_.end_array();
  }

  void write_stream() {
    if (!request_.stream) return;
    out_.member("stream", true);
    if (ways_.ask_usage) out_.key("stream_options").begin_object().member("include_usage", true).end_object();
  }

  void write_extras() {
    for (const ExtraField& extra : request_.extras) {
      if (own())
        out_.key(extra.name).raw(extra.json);
      else
        drop(extra.name);
    }
  }

  const ChatRequest& request_;
  const TargetWays& ways_;
  WrittenRequest written_{};
  Dropped dropped_;
  json::Writer out_;
};

}  // namespace

Result<WrittenRequest> write_chat_request(const ChatRequest& request, const TargetWays& ways) {
  return Body(request, ways).write();
}

}  // namespace tollgate::openai_chat
