#include <algorithm>

#include "dialects/bedrock_converse/blocks.h"
#include "dialects/bedrock_converse/request.h"
#include "dialects/dropped.h"
#include "dialects/fields.h"
#include "dialects/part_name.h"
#include "dialects/reasoning.h"
#include "dialects/turns.h"

namespace tollgate::bedrock_converse {
namespace {

constexpr std::int64_t least_budget = 1024;  // of Anthropic's models

class Body {
 public:
  Body(const ChatRequest& request, const TargetWays& ways)
      : request_(request), ways_(ways), conversation_(turns_of(request, SystemTurns::in_front)), out_(written_.body) {}

  Result<WrittenRequest> write() && {
    if (conversation_.turns.empty()) return bad_field("messages", "invalid_value", "nobody says anything in 'messages'");
    dropped_.add_if(conversation_.names, "name");
    settle_thinking();
    out_.begin_object();
    write_list("system", conversation_.system);
    out_.key("messages").begin_array();
    for (const Turn& turn : conversation_.turns) {
      out_.begin_object().member("role", turn.role == Role::assistant ? "assistant" : "user");
      write_list("content", turn.parts);
      out_.end_object();
    }
    out_.end_array();
    write_inference();
    write_tools();
    write_format();
    write_additional();
    write_rest();
    out_.end_object();
    written_.path = path_of(ways_.model, request_.stream);
    written_.dropped = dropped_.take();
    return std::move(written_);
  }

 private:
  bool own() const { return request_.dialect == "bedrock_converse"; }
  bool anthropic() const { return ways_.model.find("claude") != std::string_view::npos; }

  void write_list(std::string_view name, const std::vector<const Part*>& parts) {
    if (parts.empty()) return;
    out_.key(name).begin_array();
    for (const Part* part : parts)
      if (!says_nothing(*part)) write_part(*part);
    out_.end_array();
  }

  void write_part(const Part& part) {
    const auto* thought = part.as<Reasoning>();
    bool goes_back = thought == nullptr || own() || (thought->origin == "anthropic" && ways_.family == "anthropic");
    bool written = goes_back && write_block(out_, part, false);
    dropped_.add_if(!written, name_of(part));
  }

  void settle_thinking() {
    max_output_ = request_.max_output;
    if (own()) return;
    auto budget = budget_of(request_.reasoning);
    if (!budget || *budget == 0) return;
    if (!anthropic()) return dropped_.add("reasoning_effort");
    budget_ = std::max(*budget < 0 ? least_budget * 8 : *budget, least_budget);
    // The budget is part of the maximum and must be less than it.
    if (!max_output_) {
      max_output_ = *budget_ + ways_.default_max_output;
    } else if (*budget_ >= *max_output_) {
      budget_ = std::max(least_budget, *max_output_ / 2);
      if (*budget_ < *max_output_) return;
      budget_.reset();
      dropped_.add("reasoning_effort");
    }
  }

  // Sampling is not free while an Anthropic model thinks.
  bool sampled(const std::string& json, std::string_view name) {
    if (json.empty()) return false;
    dropped_.add_if(budget_.has_value(), name);
    return !budget_;
  }

  void write_inference() {
    bool temperature = sampled(request_.temperature, "temperature"), top_p = sampled(request_.top_p, "top_p");
    if (!max_output_ && !temperature && !top_p && request_.stop.empty()) return;
    out_.key("inferenceConfig").begin_object();
    if (max_output_) out_.member("maxTokens", *max_output_);
    if (temperature) out_.key("temperature").raw(request_.temperature);
    if (top_p) out_.key("topP").raw(request_.top_p);
    if (!request_.stop.empty()) {
      out_.key("stopSequences").begin_array();
      for (const std::string& text : request_.stop) out_.value(text);
      out_.end_array();
    }
    out_.end_object();
  }

  bool calls_before() const {
    for (const Turn& turn : conversation_.turns)
      for (const Part* part : turn.parts)
        if (part->as<ToolCall>() != nullptr || part->as<ToolResult>() != nullptr) return true;
    return false;
  }

  // Tools must be told as long as calls stand in the conversation, even when none may be used.
  void write_tools() {
    using enum ToolChoice::Kind;
    ToolChoice choice = request_.tool_choice;
    std::vector<const Tool*> known;
    for (const Tool& tool : request_.tools) {
      bool ours = tool.kind == Tool::Kind::function || tool.foreign.dialect == "bedrock_converse";
      if (ours)
        known.push_back(&tool);
      else
        dropped_.add(tool.foreign.kind.empty() ? "tools" : tool.foreign.kind);
    }
    if (known.empty() || (choice.kind == none && !calls_before())) return;
    bool forced = choice.kind == required || choice.kind == named;
    bool lost = choice.kind == none || (forced && budget_);
    dropped_.add_if(lost, "tool_choice");
    out_.key("toolConfig").begin_object().key("tools").begin_array();
    for (const Tool* tool : known) write_tool(*tool);
    out_.end_array();
    if (choice.kind != unsaid && !lost) {
      out_.key("toolChoice").begin_object().key(choice.kind == required ? "any" : choice.kind == named ? "tool" : "auto").begin_object();
      if (choice.kind == named) out_.member("name", choice.name);
      out_.end_object().end_object();
    }
    out_.end_object();
  }

  void write_tool(const Tool& tool) {
    if (tool.kind != Tool::Kind::function) {
      out_.raw(tool.foreign.json);
      return;
    }
    out_.begin_object().key("toolSpec").begin_object().member("name", tool.name);
    if (!tool.description.empty()) out_.member("description", tool.description);
    out_.key("inputSchema").begin_object().key("json");
    out_.raw(tool.parameters.empty() ? std::string_view(R"({"type":"object","properties":{}})") : std::string_view(tool.parameters));
    out_.end_object();
    if (tool.strict && own()) out_.member("strict", *tool.strict);
    out_.end_object().end_object();
    write_cache_point(out_, tool.cache);
  }

  void write_format() {
    const OutputFormat& format = request_.response_format;
    dropped_.add_if(format.kind == OutputFormat::Kind::json, "response_format");
    if (format.kind != OutputFormat::Kind::schema || format.schema.empty()) return;
    out_.key("outputConfig").begin_object().key("textFormat").begin_object().member("type", "json_schema").key("structure").begin_object();
    out_.key("jsonSchema").begin_object().member("schema", format.schema);
    if (!format.name.empty()) out_.member("name", format.name);
    if (!format.description.empty()) out_.member("description", format.description);
    out_.end_object().end_object().end_object().end_object();
  }

  void write_additional() {
    const ReasoningWish& wish = request_.reasoning;
    bool as_it_came = own() && std::any_of(request_.extras.begin(), request_.extras.end(),
                                           [](const ExtraField& extra) { return extra.name == "additionalModelRequestFields"; });
    if (as_it_came) return;
    auto budget = own() ? wish.budget_tokens : budget_;
    bool thinking = budget || (own() && wish.enabled);
    bool top_k = request_.top_k && (own() || anthropic()) && !budget_;
    dropped_.add_if(request_.top_k && !top_k, "top_k");
    if (!thinking && !top_k) return;
    out_.key("additionalModelRequestFields").begin_object();
    if (thinking) {
      bool off = wish.enabled == false;
      out_.key("thinking").begin_object().member("type", off ? "disabled" : budget ? "enabled" : "adaptive");
      if (budget) out_.member("budget_tokens", *budget);
      out_.end_object();
    }
    if (top_k) out_.member("top_k", *request_.top_k);
    out_.end_object();
  }

  void write_rest() {
    if (own()) {
      if (!request_.metadata.empty()) out_.key("requestMetadata").raw(request_.metadata);
      if (!request_.service_tier.empty()) out_.key("serviceTier").begin_object().member("type", request_.service_tier).end_object();
    } else {
      dropped_.add_said(request_, {"metadata", "service_tier"});
    }
    for (const ExtraField& extra : request_.extras) {
      if (own())
        out_.key(extra.name).raw(extra.json);
      else
        dropped_.add(extra.name);
    }
    dropped_.add_said(request_, {"n", "seed", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "logit_bias", "user", "verbosity",
                                 "prompt_cache_key", "parallel_tool_calls", "audio", "store", "previous_response_id", "modalities"});
  }

  const ChatRequest& request_;
  const TargetWays& ways_;
  Conversation conversation_;
  WrittenRequest written_{};
  Dropped dropped_;
  json::Writer out_;
  std::optional<std::int64_t> max_output_, budget_;
};

}  // namespace

namespace {

std::string model_path(std::string_view model) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string path = "/model/";
  for (char c : model) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-_.~").find(c) != std::string_view::npos;
    auto byte = static_cast<unsigned char>(c);
    if (plain)
      path += c;
    else
      path += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return path;
}

}  // namespace

std::string path_of(std::string_view model, bool stream) { return model_path(model) + (stream ? "/converse-stream" : "/converse"); }

std::string invoke_path_of(std::string_view model) { return model_path(model) + "/invoke"; }

Result<WrittenRequest> write_chat_request(const ChatRequest& request, const TargetWays& ways) { return Body(request, ways).write(); }

}  // namespace tollgate::bedrock_converse
