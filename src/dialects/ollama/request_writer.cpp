#include "dialects/ollama/request_writer.h"

#include <map>

#include "dialects/fields.h"
#include "dialects/ollama/message.h"
#include "dialects/ollama/request_reader.h"
#include "dialects/part_name.h"
#include "dialects/reasoning.h"

namespace tollgate::ollama {
namespace {

class Body {
 public:
  Body(const ChatRequest& request, const TargetWays& ways) : request_(request), ways_(ways), out_(written_.body) {}

  WrittenRequest write() && {
    out_.begin_object().member("model", ways_.model).key("messages").begin_array();
    for (const Message& message : request_.messages) write_message(message);
    out_.end_array();
    write_tools();
    write_format();
    write_think();
    write_options();
    out_.member("stream", request_.stream);
    write_extras();
    out_.end_object();
    dropped_.add_said(request_, {"n", "logprobs", "top_logprobs", "logit_bias", "user", "metadata", "service_tier", "verbosity",
                                 "prompt_cache_key", "parallel_tool_calls", "audio", "store", "previous_response_id", "modalities"});
    written_.path = "/api/chat";
    written_.dropped = dropped_.take();
    return std::move(written_);
  }

 private:
  bool own() const { return request_.dialect == "ollama"; }

  static std::string_view word_of(Role role) {
    if (role == Role::system || role == Role::developer) return "system";
    return role == Role::assistant ? "assistant" : "user";
  }

  void write_message(const Message& message) {
    std::vector<const Part*> said;
    for (const Part& part : message.parts) {
      if (const auto* result = part.as<ToolResult>())
        write_result(*result);
      else
        said.push_back(&part);
    }
    if (said.empty() && message.role == Role::tool) return;
    std::string text, thought;
    for (const Part* part : said) {
      if (const auto* piece = part->as<Text>()) text += piece->text;
      if (const auto* refusal = part->as<Refusal>()) text += refusal->text;
      if (const auto* piece = part->as<Reasoning>(); piece != nullptr && own()) thought += piece->text;
      if (part->as<Foreign>() != nullptr || (part->as<Reasoning>() != nullptr && !own())) dropped_.add(name_of(*part));
    }
    out_.begin_object().member("role", word_of(message.role)).member("content", text);
    if (!thought.empty()) out_.member("thinking", thought);
    write_images(out_, said, dropped_);
    write_calls(said);
    out_.end_object();
  }

  void write_calls(const std::vector<const Part*>& parts) {
    bool begun = false;
    for (const Part* part : parts) {
      const auto* call = part->as<ToolCall>();
      if (call == nullptr) continue;
      names_[call->id] = call->name;
      if (!std::exchange(begun, true)) out_.key("tool_calls").begin_array();
      write_call(out_, *call);
    }
    if (begun) out_.end_array();
  }

  void write_result(const ToolResult& result) {
    std::string text;
    std::vector<const Part*> parts;
    for (const Part& part : result.content) {
      parts.push_back(&part);
      if (const auto* piece = part.as<Text>()) text += piece->text;
      if (part.as<Foreign>() != nullptr) dropped_.add(name_of(part));
    }
    auto known = names_.find(result.call_id);
    std::string_view name = known == names_.end() ? std::string_view(result.name) : std::string_view(known->second);
    out_.begin_object().member("role", "tool").member("content", text);
    if (!name.empty()) out_.member("tool_name", name);
    write_images(out_, parts, dropped_);
    out_.end_object();
  }

  // There is no choice of tools: without any where none is to be used.
  void write_tools() {
    using enum ToolChoice::Kind;
    ToolChoice::Kind choice = request_.tool_choice.kind;
    dropped_.add_if(choice == required || choice == named, "tool_choice");
    if (request_.tools.empty() || choice == none) return;
    out_.key("tools").begin_array();
    for (const Tool& tool : request_.tools) {
      if (tool.kind != Tool::Kind::function) {
        dropped_.add(tool.foreign.kind.empty() ? "tools" : tool.foreign.kind);
        continue;
      }
      out_.begin_object().member("type", "function").key("function").begin_object().member("name", tool.name);
      if (!tool.description.empty()) out_.member("description", tool.description);
      out_.key("parameters").raw(tool.parameters.empty() ? std::string_view(R"({"type":"object","properties":{}})") : std::string_view(tool.parameters));
      out_.end_object().end_object();
    }
    out_.end_array();
  }

  void write_format() {
    const OutputFormat& format = request_.response_format;
    if (format.kind == OutputFormat::Kind::json) out_.member("format", "json");
    if (format.kind == OutputFormat::Kind::schema && !format.schema.empty()) out_.key("format").raw(format.schema);
  }

  void write_think() {
    const ReasoningWish& wish = request_.reasoning;
    std::string_view effort = effort_of(wish);
    if (own() && !wish.effort.empty())
      out_.member("think", wish.effort);
    else if (!effort.empty())
      out_.member("think", effort != "none");
  }

  void raw(std::string_view name, const std::string& json) {
    if (!json.empty()) out_.key(name).raw(json);
  }

  bool has_options() const {
    bool said = request_.max_output || request_.seed || request_.top_k || !request_.stop.empty();
    for (const std::string* json : {&request_.temperature, &request_.top_p, &request_.presence_penalty, &request_.frequency_penalty})
      said |= !json->empty();
    for (const ExtraField& extra : request_.extras) said |= own() && extra.name.starts_with(option_prefix);
    return said;
  }

  void write_options() {
    if (!has_options()) return;
    out_.key("options").begin_object();
    if (request_.max_output) out_.member("num_predict", *request_.max_output);
    if (request_.seed) out_.member("seed", *request_.seed);
    if (request_.top_k) out_.member("top_k", *request_.top_k);
    raw("temperature", request_.temperature);
    raw("top_p", request_.top_p);
    raw("presence_penalty", request_.presence_penalty);
    raw("frequency_penalty", request_.frequency_penalty);
    if (!request_.stop.empty()) {
      out_.key("stop").begin_array();
      for (const std::string& text : request_.stop) out_.value(text);
      out_.end_array();
    }
    for (const ExtraField& extra : request_.extras)
      if (own() && extra.name.starts_with(option_prefix)) out_.key(extra.name.substr(option_prefix.size())).raw(extra.json);
    out_.end_object();
  }

  void write_extras() {
    for (const ExtraField& extra : request_.extras) {
      if (!own())
        dropped_.add(extra.name);
      else if (!extra.name.starts_with(option_prefix))
        out_.key(extra.name).raw(extra.json);
    }
  }

  const ChatRequest& request_;
  const TargetWays& ways_;
  WrittenRequest written_{};
  Dropped dropped_;
  json::Writer out_;
  std::map<std::string, std::string, std::less<>> names_;  // of the tool, by the call's id
};

}  // namespace

Result<WrittenRequest> write_chat_request(const ChatRequest& request, const TargetWays& ways) { return Body(request, ways).write(); }

}  // namespace tollgate::ollama
