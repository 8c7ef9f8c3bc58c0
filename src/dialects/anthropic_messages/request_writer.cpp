#include "dialects/anthropic_messages/request_writer.h"

#include <algorithm>

#include "dialects/anthropic_messages/blocks.h"
#include "dialects/dropped.h"
#include "dialects/fields.h"
#include "dialects/part_name.h"
#include "dialects/reasoning.h"
#include "dialects/turns.h"

namespace tollgate::anthropic_messages {
namespace {

constexpr std::string_view dialect_name = "anthropic_messages";
constexpr std::int64_t least_budget = 1024;  // docs.claude.com, "extended thinking": "minimum budget is 1,024 tokens", read 2026-11-27

class Body {
 public:
  Body(const ChatRequest& request, const TargetWays& ways) : request_(request), ways_(ways), out_(written_.body) {}

  Result<WrittenRequest> write() && {
    gather();
    if (turns_.empty()) return bad_field("messages", "invalid_value", "nobody says anything in 'messages'");
    settle_thinking();
    out_.begin_object().member("model", ways_.model).member("max_tokens", max_tokens_);
    write_system();
    write_turns();
    write_tools();
    write_choice();
    write_thinking();
    write_rest();
    write_extras();
    out_.end_object();
    written_.path = "/v1/messages";
    written_.dropped = dropped_.take();
    return std::move(written_);
  }

 private:
  bool own() const { return request_.dialect == dialect_name; }
  void drop(std::string name) { dropped_.add(std::move(name)); }

  // The newest models know system turns amid a conversation.
  void gather() {
    Conversation conversation = turns_of(request_, own() ? SystemTurns::where_they_stand : SystemTurns::in_front);
    if (conversation.names) drop("name");
    system_ = std::move(conversation.system);
    turns_ = std::move(conversation.turns);
  }

  void settle_thinking() {
    max_tokens_ = request_.max_output.value_or(ways_.default_max_output);
    if (own()) {  // as it came
      thinks_ = request_.reasoning.enabled == true;
      adaptive_ = !request_.reasoning.budget_tokens;
      budget_ = request_.reasoning.budget_tokens.value_or(0);
      return;
    }
    auto budget = budget_of(request_.reasoning);
    thinks_ = budget && *budget != 0;
    if (!thinks_) return;
    budget_ = std::max(*budget < 0 ? least_budget * 8 : *budget, least_budget);
    // The budget is part of the maximum and must be less than it.
    if (request_.max_output && budget_ >= max_tokens_) budget_ = std::max(least_budget, max_tokens_ / 2);
    if (budget_ >= max_tokens_) {
      if (request_.max_output) {
        thinks_ = false;
        drop("reasoning_effort");
      } else {
        max_tokens_ = budget_ + ways_.default_max_output;
      }
    }
  }

  void write_system() {
    if (system_.empty()) return;
    out_.key("system");
    const auto* only = system_.size() == 1 ? system_[0]->as<Text>() : nullptr;
    if (only != nullptr && only->cache == CacheMark::none) {
      out_.value(only->text);
      return;
    }
    out_.begin_array();
    for (const Part* part : system_)
      if (!says_nothing(*part) && !write_block(out_, *part)) drop(name_of(*part));
    out_.end_array();
  }

  void write_turns() {
    out_.key("messages").begin_array();
    for (const Turn& turn : turns_) {
      out_.begin_object().member("role", turn.role == Role::assistant ? "assistant" : turn.role == Role::system ? "system" : "user").key("content");
      const auto* only = turn.parts.size() == 1 ? turn.parts[0]->as<Text>() : nullptr;
      if (only != nullptr && only->cache == CacheMark::none && only->citations.empty()) {
        out_.value(only->text);
      } else {
        out_.begin_array();
        for (const Part* part : turn.parts) write_part(*part);
        out_.end_array();
      }
      out_.end_object();
    }
    out_.end_array();
  }

  void write_part(const Part& part) {
    if (const auto* thought = part.as<Reasoning>()) {
      bool taken_back = own() || ways_.family == "anthropic";
      if (!taken_back || !write_thought(out_, *thought, Signatures::native_only)) drop("reasoning");
      return;
    }
    if (const auto* result = part.as<ToolResult>())
      for (const Part& inner : result->content)
        if (const auto* media = inner.as<Media>(); media != nullptr && media->kind != Media::Kind::image && media->kind != Media::Kind::document)
          drop(name_of(inner));
    if (!write_block(out_, part)) drop(name_of(part));
  }

  void write_tools() {
    std::vector<const Tool*> known;
    for (const Tool& tool : request_.tools) {
      bool ours = tool.kind == Tool::Kind::function || tool.foreign.dialect == dialect_name;
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
      out_.begin_object().member("name", tool->name);
      if (!tool->description.empty()) out_.member("description", tool->description);
      out_.key("input_schema").raw(tool->parameters.empty() ? std::string_view(R"({"type":"object","properties":{}})") : std::string_view(tool->parameters));
      if (tool->strict && own()) out_.member("strict", *tool->strict);
      write_cache_mark(out_, tool->cache);
      out_.end_object();
    }
    out_.end_array();
  }

  void write_choice() {
    using enum ToolChoice::Kind;
    ToolChoice choice = request_.tool_choice;
    if (request_.tools.empty()) return;
    bool forced = choice.kind == required || choice.kind == named;
    if (forced && thinks_ && !own()) {  // "tool_choice … any and tool are not supported with extended thinking"
      drop("tool_choice");
      choice.kind = automatic;
    }
    bool one_at_a_time = request_.parallel_tool_calls == false;
    if (choice.kind == unsaid && !one_at_a_time) return;
    out_.key("tool_choice").begin_object();
    if (choice.kind == named) {
      out_.member("type", "tool").member("name", choice.name);
    } else {
      out_.member("type", choice.kind == required ? "any" : choice.kind == none ? "none" : "auto");
    }
    if (request_.parallel_tool_calls && choice.kind != none) out_.member("disable_parallel_tool_use", one_at_a_time);
    out_.end_object();
  }

  void write_thinking() {
    if (request_.reasoning.enabled == false && own()) out_.key("thinking").begin_object().member("type", "disabled").end_object();
    if (!thinks_) return;
    out_.key("thinking").begin_object();
    if (adaptive_)
      out_.member("type", "adaptive");
    else
      out_.member("type", "enabled").member("budget_tokens", budget_);
    out_.end_object();
  }

  // Sampling with thinking: "temperature and top_k modifications are not supported", top_p from 0.95 on.
  void number(std::string_view name, const std::string& json) {
    if (json.empty()) return;
    if (thinks_ && !own())
      drop(std::string(name));
    else
      out_.key(name).raw(json);
  }

  void write_rest() {
    number("temperature", request_.temperature);
    number("top_p", request_.top_p);
    if (request_.top_k) number("top_k", std::to_string(*request_.top_k));
    if (!request_.stop.empty()) {
      out_.key("stop_sequences").begin_array();
      for (const std::string& text : request_.stop) out_.value(text);
      out_.end_array();
    }
    write_output_config();
    write_metadata();
    if (!request_.service_tier.empty()) {
      bool known = own() || request_.service_tier == "auto";
      if (known)
        out_.member("service_tier", request_.service_tier);
      else
        drop("service_tier");
    }
    if (request_.stream) out_.member("stream", true);
    dropped_.add_said(request_, {"n", "seed", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "logit_bias", "metadata",
                                 "verbosity", "prompt_cache_key", "audio", "store", "previous_response_id", "modalities"});
  }

  std::vector<const ExtraField*> extras_under(std::string_view front) const {
    std::vector<const ExtraField*> found;
    for (const ExtraField& extra : request_.extras)
      if (own() && extra.name.starts_with(front)) found.push_back(&extra);
    return found;
  }

  void write_output_config() {
    using enum OutputFormat::Kind;
    bool schema_asked = request_.response_format.kind == schema && !request_.response_format.schema.empty();
    if (request_.response_format.kind == json) drop("response_format");
    auto others = extras_under("output_config.");
    bool effort = own() && !request_.reasoning.effort.empty();
    if (!schema_asked && others.empty() && !effort) return;
    out_.key("output_config").begin_object();
    if (effort) out_.member("effort", request_.reasoning.effort);
    if (schema_asked)
      out_.key("format").begin_object().member("type", "json_schema").key("schema").raw(request_.response_format.schema).end_object();
    for (const ExtraField* extra : others) out_.key(extra->name.substr(extra->name.find('.') + 1)).raw(extra->json);
    out_.end_object();
  }

  void write_metadata() {
    auto others = extras_under("metadata.");
    if (request_.user.empty() && others.empty()) return;
    out_.key("metadata").begin_object();
    if (!request_.user.empty()) out_.member("user_id", request_.user);
    for (const ExtraField* extra : others) out_.key(extra->name.substr(extra->name.find('.') + 1)).raw(extra->json);
    out_.end_object();
  }

  void write_extras() {
    for (const ExtraField& extra : request_.extras) {
      bool nested = extra.name.starts_with("output_config.") || extra.name.starts_with("metadata.");
      if (!own())
        drop(extra.name);
      else if (!nested)
        out_.key(extra.name).raw(extra.json);
    }
  }

  const ChatRequest& request_;
  const TargetWays& ways_;
  WrittenRequest written_{};
  Dropped dropped_;
  json::Writer out_;
  std::vector<const Part*> system_;
  std::vector<Turn> turns_;
  std::int64_t max_tokens_ = 0;
  std::int64_t budget_ = 0;
  bool thinks_ = false;
  bool adaptive_ = false;
};

}  // namespace

Result<WrittenRequest> write_chat_request(const ChatRequest& request, const TargetWays& ways) {
  return Body(request, ways).write();
}

}  // namespace tollgate::anthropic_messages
