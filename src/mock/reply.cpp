#include "mock/reply.h"

#include <algorithm>

#include "mock/sample.h"
#include "mock/text_pieces.h"

namespace tollgate::mock {
namespace {

using json::Kind;
using json::Value;

constexpr std::size_t echoed_bytes_max = 1024;
constexpr std::int64_t usual_pieces_max = 64;

struct Tool {
  std::string_view name;
  Value parameters{};
};

Tool read_tool(const Value& tool) {
  auto name = json::find_path(tool, {"function", "name"});
  auto parameters = json::find_path(tool, {"function", "parameters"});
  return {.name = name ? name->plain_string().value_or("") : "", .parameters = parameters.value_or(Value{})};
}

bool contains(const Value& text, std::string_view part) { return text.raw.find(part) != std::string_view::npos; }

// The tool to call; one without a name when none is.
Tool chosen_tool(const Question& question) {
  const Value& choice = question.tool_choice;
  auto word = choice.plain_string();
  if (question.after_tool || word == "none") return {};
  auto forced_name = json::find_path(choice, {"function", "name"});
  for (const Value& element : json::Elements(question.request.tools)) {
    Tool tool = read_tool(element);
    if (tool.name.empty()) continue;
    bool wanted = forced_name ? forced_name->plain_string() == tool.name
                              : word == "required" || word == "any" || contains(question.last_said, tool.name);
    if (wanted) return tool;
  }
  return {};
}

std::string_view format_of(const Question& question) {
  auto type = json::find(question.response_format, "type");
  return type ? type->plain_string().value_or("text") : "text";
}

void append_usual_text(const Question& question, std::string& out) {
  std::string_view format = format_of(question);
  if (format == "json_schema") {
    auto schema = json::find_path(question.response_format, {"json_schema", "schema"});
    return append_sample(out, schema.value_or(Value{}));
  }
  if (format == "json_object") {
    out += R"({"answer":"ok"})";
    return;
  }
  out += question.after_tool ? "The tool said: " : "You said: ";
  append_text(out, question.last_said, echoed_bytes_max);
}

void write_text(const Question& question, const Rule& rule, Reply& out) {
  if (rule.text)
    out.text += *rule.text;
  else
    append_usual_text(question, out.text);
  bool needs_more = rule.chunks && !rule.text && tokens_of(out.text.size()) < *rule.chunks;
  if (rule.tokens)
    stretch(out.text, *rule.tokens);
  else if (needs_more)
    stretch(out.text, *rule.chunks);
}

// A tool call is never cut: half of its arguments would be no JSON.
void limit_output(const Question& question, Reply& out) {
  auto most = question.request.max_output;
  if (!most || out.calls_tool()) return;
  out.counts.reasoning = std::min(out.counts.reasoning, *most);
  std::int64_t left = *most - out.counts.reasoning;
  if (tokens_of(out.text.size()) <= left) return;
  out.text.resize(whole_characters(out.text, static_cast<std::size_t>(left * bytes_per_token)));
  out.cut_by_length = true;
}

std::int64_t input_tokens(const openai_chat::OpenAiRequest& request) {
  auto size = [](const Value& value) { return value.is(Kind::null) ? 0 : value.raw.size(); };
  return tokens_of(size(request.messages) + size(request.prompt) + size(request.input) + size(request.tools));
}

}  // namespace

std::string_view Reply::piece(std::int64_t index) const {
  std::size_t begin = piece_begin(text, index, pieces);
  return std::string_view(text).substr(begin, piece_begin(text, index + 1, pieces) - begin);
}

std::int64_t Reply::tokens_until(std::int64_t piece_count) const {
  return tokens_of(tool_name.size() + piece_begin(text, piece_count, pieces));
}

void compose_reply(const Question& question, const Rule& rule, Reply& out) {
  out.text.clear();
  out.cut_by_length = false;
  out.choices = question.request.n * question.request.prompts;
  out.counts = {.input = input_tokens(question.request), .reasoning = rule.reasoning_tokens};
  out.counts.cached = std::min(rule.cached_tokens, out.counts.input);
  Tool tool = rule.text ? Tool{} : chosen_tool(question);
  out.tool_name = tool.name;
  if (out.calls_tool())
    append_sample(out.text, tool.parameters);
  else
    write_text(question, rule, out);
  limit_output(question, out);
  std::int64_t tokens = tokens_of(out.text.size());
  out.pieces =
      rule.chunks ? std::min(*rule.chunks, std::max<std::int64_t>(tokens, 1)) : std::min(tokens, usual_pieces_max);
  out.counts.output = out.tokens_until(out.pieces) * out.choices + out.counts.reasoning;
}

}  // namespace tollgate::mock
