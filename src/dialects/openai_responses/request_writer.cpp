#include "dialects/openai_responses/request_writer.h"

#include <algorithm>

#include "dialects/dropped.h"
#include "dialects/openai_responses/items.h"
#include "dialects/openai_responses/settings.h"
#include "dialects/part_name.h"
#include "dialects/reasoning.h"
#include "dialects/turns.h"

namespace tollgate::openai_responses {
namespace {

std::string_view word_of(Role role) {
  if (role == Role::system) return "system";
  return role == Role::developer ? "developer" : "user";
}

constexpr std::int64_t least_max_output = 16;  // OpenAI's description: "minimum: 16"
constexpr std::string_view tiers[] = {"auto", "default", "flex", "scale", "priority"};

class Body {
 public:
  Body(const ChatRequest& request, const TargetWays& ways) : request_(request), ways_(ways), out_(written_.body) {}

  WrittenRequest write() && {
    out_.begin_object().member("model", ways_.model);
    write_input();
    write_tools();
    write_reasoning();
    write_include();
    write_numbers();
    write_words();
    if (request_.stream) out_.member("stream", true);
    write_extras();
    out_.end_object();
    written_.path = "/responses";
    written_.dropped = dropped_.take();
    return std::move(written_);
  }

 private:
  bool own() const { return request_.dialect == "openai_responses"; }
  void drop(std::string name) { dropped_.add(std::move(name)); }

  // A system turn in front, of one text, is what `instructions` are for.
  bool has_instructions() const {
    if (request_.messages.empty()) return false;
    const Message& first = request_.messages.front();
    return first.role == Role::system && first.parts.size() == 1 && first.parts.front().as<Text>() != nullptr;
  }

  void write_input() {
    std::size_t from = 0;
    if (has_instructions()) {
      out_.member("instructions", request_.messages.front().parts.front().as<Text>()->text);
      from = 1;
    }
    if (from == request_.messages.size() && !request_.only_own.empty()) return;
    out_.key("input").begin_array();
    for (std::size_t i = from; i < request_.messages.size(); ++i) {
      const Message& message = request_.messages[i];
      if (message.role == Role::assistant)
        write_turn_of_model(message);
      else
        write_others(message);
    }
    out_.end_array();
  }

  void write_others(const Message& message) {
    std::vector<const Part*> said;
    for (const Part& part : message.parts) {
      if (const auto* result = part.as<ToolResult>())
        write_result(*result);
      else
        said.push_back(&part);
    }
    if (said.empty()) return;
    out_.begin_object().member("type", "message").member("role", word_of(message.role)).key("content").begin_array();
    for (const Part* part : said) dropped_.add_if(!write_input_part(out_, *part), name_of(*part));
    out_.end_array().end_object();
  }

  void write_result(const ToolResult& result) {
    out_.begin_object().member("type", result.custom ? "custom_tool_call_output" : "function_call_output").member("call_id", result.call_id);
    bool plain = std::all_of(result.content.begin(), result.content.end(), [](const Part& part) { return part.as<Text>() != nullptr; });
    out_.key("output");
    if (plain && result.content.size() <= 1) {
      out_.value(result.content.empty() ? std::string_view() : std::string_view(result.content.front().as<Text>()->text));
    } else {
      out_.begin_array();
      for (const Part& part : result.content) dropped_.add_if(!write_input_part(out_, part), "tool_result");
      out_.end_array();
    }
    out_.end_object();
  }

  // Texts that stand together are one message item.
  void write_turn_of_model(const Message& message) {
    if (!own()) return write_turn_plainly(message);
    bool open = false;
    auto close = [&] {
      if (std::exchange(open, false)) out_.end_array().end_object();
    };
    for (const Part& part : message.parts) {
      const auto* text = part.as<Text>();
      const auto* refusal = part.as<Refusal>();
      if (says_nothing(part)) continue;
      if (text == nullptr && refusal == nullptr) {
        close();
        write_made(part);
        continue;
      }
      if (!std::exchange(open, true))
        out_.begin_object().member("type", "message").member("role", "assistant").key("content").begin_array();
      if (text != nullptr)
        write_output_text(out_, *text, false);
      else
        out_.begin_object().member("type", "refusal").member("refusal", refusal->text).end_object();
    }
    close();
  }

  // What another dialect's model said: one text, which needs no id and no status.
  void write_turn_plainly(const Message& message) {
    std::string said;
    auto tell = [&] {
      if (!said.empty()) out_.begin_object().member("type", "message").member("role", "assistant").member("content", said).end_object();
      said.clear();
    };
    for (const Part& part : message.parts) {
      if (const auto* text = part.as<Text>())
        said += text->text;
      else if (const auto* refusal = part.as<Refusal>())
        said += refusal->text;
      else {
        tell();
        write_made(part);
      }
    }
    tell();
  }

  void write_made(const Part& part) {
    if (const auto* call = part.as<ToolCall>()) {
      out_.begin_object().member("type", call->custom ? "custom_tool_call" : "function_call").member("call_id", call->id);
      out_.member("name", call->name).member(call->custom ? "input" : "arguments", call->arguments).end_object();
    } else if (const auto* thought = part.as<Reasoning>()) {
      bool taken_back = (own() && thought->origin.empty()) || (!thought->origin.empty() && thought->origin == ways_.family);
      if (taken_back)
        write_reasoning_item(out_, *thought, {});
      else
        drop("reasoning");
    } else if (const auto* foreign = part.as<Foreign>(); foreign != nullptr && foreign->dialect == "openai_responses") {
      out_.raw(foreign->json);
    } else {
      drop(name_of(part));
    }
  }

  void write_tools() {
    if (!request_.tools.empty()) {
      out_.key("tools").begin_array();
      for (const Tool& tool : request_.tools) dropped_.add_if(!write_tool(out_, tool, own()), tool.foreign.kind.empty() ? "tools" : tool.foreign.kind);
      out_.end_array();
    }
    if (request_.tool_choice.kind != ToolChoice::Kind::unsaid) {
      out_.key("tool_choice");
      write_choice(out_, request_.tool_choice);
    }
    if (request_.parallel_tool_calls) out_.member("parallel_tool_calls", *request_.parallel_tool_calls);
    if (request_.response_format.kind == OutputFormat::Kind::unsaid && request_.verbosity.empty()) return;
    out_.key("text");
    write_text(out_, request_);
  }

  void write_reasoning() {
    std::string_view effort = effort_of(request_.reasoning);
    if (effort.empty() && request_.reasoning.summary.empty()) return;
    out_.key("reasoning").begin_object();
    if (!effort.empty()) out_.member("effort", effort);
    if (!request_.reasoning.summary.empty()) out_.member("summary", request_.reasoning.summary);
    out_.end_object();
  }

  // A caller of another dialect carries the thoughts itself: they come encrypted, from models that think.
  bool wants_encrypted() const {
    std::string_view effort = effort_of(request_.reasoning);
    return request_.reasoning.encrypted || (!own() && !effort.empty() && effort != "none");
  }

  void write_include() {
    bool as_it_came = std::any_of(request_.extras.begin(), request_.extras.end(), [&](const ExtraField& extra) { return own() && extra.name == "include"; });
    bool logprobs = request_.logprobs == true;
    if (as_it_came || (!wants_encrypted() && !logprobs)) return;
    out_.key("include").begin_array();
    if (wants_encrypted()) out_.value("reasoning.encrypted_content");
    if (logprobs) out_.value("message.output_text.logprobs");
    out_.end_array();
  }

  void write_numbers() {
    if (request_.max_output) {
      bool too_small = !own() && *request_.max_output < least_max_output;
      out_.member("max_output_tokens", too_small ? least_max_output : *request_.max_output);
      dropped_.add_if(too_small, "max_tokens");
    }
    if (!request_.temperature.empty()) out_.key("temperature").raw(request_.temperature);
    if (!request_.top_p.empty()) out_.key("top_p").raw(request_.top_p);
    if (request_.top_logprobs) out_.member("top_logprobs", *request_.top_logprobs);
    dropped_.add_said(request_, {"n", "seed", "top_k", "presence_penalty", "frequency_penalty", "stop", "logit_bias", "audio"});
  }

  void word(std::string_view name, const std::string& text) {
    if (!text.empty()) out_.member(name, text);
  }

  void write_words() {
    word("user", request_.user);
    if (!request_.metadata.empty()) out_.key("metadata").raw(request_.metadata);
    bool tier_known = own() || std::find(std::begin(tiers), std::end(tiers), request_.service_tier) != std::end(tiers);
    if (tier_known) word("service_tier", request_.service_tier);
    dropped_.add_if(!tier_known && !request_.service_tier.empty(), "service_tier");
    word("prompt_cache_key", request_.prompt_cache_key);
    word("previous_response_id", request_.previous_response_id);
    // Others keep nothing unless they are told to; Responses does.
    if (request_.store || !own()) out_.member("store", request_.store.value_or(false));
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

Result<WrittenRequest> write_chat_request(const ChatRequest& request, const TargetWays& ways) { return Body(request, ways).write(); }

}  // namespace tollgate::openai_responses
