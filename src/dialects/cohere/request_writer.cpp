#include <algorithm>

#include "dialects/cohere/message.h"
#include "dialects/cohere/request.h"
#include "dialects/dropped.h"
#include "dialects/part_name.h"
#include "dialects/reasoning.h"

namespace tollgate::cohere {
namespace {

class Body {
 public:
  Body(const ChatRequest& request, const TargetWays& ways) : request_(request), out_(written_.body) {
    out_.begin_object().member("model", ways.model).member("stream", request.stream);
  }

  WrittenRequest write() && {
    out_.key("messages").begin_array();
    for (const Message& message : request_.messages) write_one(message);
    out_.end_array();
    write_tools();
    write_format();
    write_thinking();
    write_settings();
    for (const ExtraField& extra : request_.extras) {
      if (own())
        out_.key(extra.name).raw(extra.json);
      else
        dropped_.add(extra.name);
    }
    out_.end_object();
    dropped_.add_said(request_, {"n", "top_logprobs", "logit_bias", "user", "metadata", "service_tier", "verbosity", "prompt_cache_key",
                                 "parallel_tool_calls", "audio", "store", "previous_response_id", "modalities"});
    written_.path = "/v2/chat";
    written_.dropped = dropped_.take();
    return std::move(written_);
  }

 private:
  bool own() const { return request_.dialect == "cohere"; }

  void write_one(const Message& message) {
    if (message.role == Role::assistant) return write_turn_of_model(message);
    std::vector<const Part*> said;
    for (const Part& part : message.parts) {
      if (const auto* result = part.as<ToolResult>())
        write_result(*result);
      else
        said.push_back(&part);
    }
    if (said.empty() && message.role == Role::tool) return;
    bool told = message.role == Role::system || message.role == Role::developer;
    out_.begin_object().member("role", told ? "system" : "user").key("content");
    write_content(said);
    out_.end_object();
  }

  void write_content(const std::vector<const Part*>& parts) {
    if (parts.empty() || (parts.size() == 1 && parts[0]->as<Text>() != nullptr)) {
      out_.value(parts.empty() ? std::string_view() : std::string_view(parts[0]->as<Text>()->text));
      return;
    }
    out_.begin_array();
    for (const Part* part : parts) dropped_.add_if(!write_content_part(out_, *part), name_of(*part));
    out_.end_array();
  }

  void write_result(const ToolResult& result) {
    std::vector<const Part*> parts;
    for (const Part& part : result.content) {
      if (part.as<Text>() != nullptr)
        parts.push_back(&part);
      else
        dropped_.add(name_of(part));
    }
    out_.begin_object().member("role", "tool").member("tool_call_id", result.call_id).key("content");
    write_content(parts);
    out_.end_object();
  }

  void write_turn_of_model(const Message& message) {
    for (const Part& part : message.parts) {
      const auto* foreign = part.as<Foreign>();
      bool lost = (part.as<Reasoning>() != nullptr && !own()) || part.as<Media>() != nullptr || (foreign != nullptr && foreign->dialect != "cohere");
      dropped_.add_if(lost, name_of(part));
    }
    out_.begin_object().member("role", "assistant");
    write_message(out_, message.parts, own());
    out_.end_object();
  }

  void write_tools() {
    std::vector<const Tool*> known;
    for (const Tool& tool : request_.tools) {
      if (tool.kind == Tool::Kind::function)
        known.push_back(&tool);
      else
        dropped_.add(tool.foreign.kind.empty() ? "tools" : tool.foreign.kind);
    }
    if (known.empty()) return;
    out_.key("tools").begin_array();
    for (const Tool* tool : known) {
      out_.begin_object().member("type", "function").key("function").begin_object().member("name", tool->name);
      if (!tool->description.empty()) out_.member("description", tool->description);
      out_.key("parameters").raw(tool->parameters.empty() ? std::string_view(R"({"type":"object","properties":{}})") : std::string_view(tool->parameters));
      out_.end_object().end_object();
    }
    out_.end_array();
    using enum ToolChoice::Kind;
    ToolChoice::Kind choice = request_.tool_choice.kind;
    if (choice == required || choice == named) out_.member("tool_choice", "REQUIRED");
    if (choice == none) out_.member("tool_choice", "NONE");
    dropped_.add_if(choice == named, "tool_choice");
  }

  void write_format() {
    const OutputFormat& format = request_.response_format;
    if (format.kind == OutputFormat::Kind::unsaid) return;
    out_.key("response_format").begin_object().member("type", format.kind == OutputFormat::Kind::text ? "text" : "json_object");
    if (!format.schema.empty()) out_.key("json_schema").raw(format.schema);
    out_.end_object();
  }

  void write_thinking() {
    auto budget = own() ? request_.reasoning.budget_tokens : budget_of(request_.reasoning);
    auto enabled = request_.reasoning.enabled;
    if (!enabled && !budget) return;
    bool thinks = enabled.value_or(budget.value_or(1) != 0);
    out_.key("thinking").begin_object().member("type", thinks ? "enabled" : "disabled");
    if (budget && *budget > 0) out_.member("token_budget", *budget);
    out_.end_object();
  }

  void raw(std::string_view name, const std::string& json) {
    if (!json.empty()) out_.key(name).raw(json);
  }

  void write_settings() {
    if (request_.max_output) out_.member("max_tokens", *request_.max_output);
    if (!request_.stop.empty()) {
      out_.key("stop_sequences").begin_array();
      for (const std::string& text : request_.stop) out_.value(text);
      out_.end_array();
    }
    raw("temperature", request_.temperature);
    raw("p", request_.top_p);
    raw("presence_penalty", request_.presence_penalty);
    raw("frequency_penalty", request_.frequency_penalty);
    if (request_.seed) out_.member("seed", *request_.seed);
    if (request_.top_k) out_.member("k", *request_.top_k);
    if (request_.logprobs) out_.member("logprobs", *request_.logprobs);
  }

  const ChatRequest& request_;
  WrittenRequest written_{};
  Dropped dropped_;
  json::Writer out_;
};

}  // namespace

Result<WrittenRequest> write_chat_request(const ChatRequest& request, const TargetWays& ways) { return Body(request, ways).write(); }

}  // namespace tollgate::cohere
