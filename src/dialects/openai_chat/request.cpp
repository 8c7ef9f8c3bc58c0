#include "dialects/openai_chat/request.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "dialects/openai_chat/messages.h"
#include "dialects/openai_chat/request_checks.h"
#include "domain/caller.h"
#include "json/scan.h"

namespace tollgate::openai_chat {
namespace {

using json::Kind;
using json::Member;
using json::Value;

// Members beyond this many are read in a second pass; OpenAI knows about 40.
constexpr std::size_t expected_members = 64;
// What chat templates add beside the text: marks of roles, the start of the answer. Recorded: up to 72 tokens more than
// the text has bytes. Hosts that add instructions of their own (Groq, OpenRouter and Hugging Face with tools: up to
// 440) need their own allowance.
constexpr std::int64_t template_tokens = 96;
// What separates one of several texts from the next.
constexpr std::int64_t separator_tokens = 4;

// One field that is checked, and where it goes. A null value never reaches `read`.
using Read = Result<void> (*)(const Value& value, OpenAiRequest& request);
struct Field {
  std::string_view name;
  Read read;
  bool counts = false;  // its text is part of the input
};

template <auto Member>
Result<void> keep(const Value& value, OpenAiRequest& request) {
  request.*Member = value;
  return {};
}

template <auto Check>
Result<void> only(const Value& value, OpenAiRequest&) {
  return Check(value);
}

Result<void> read_model(const Value& value, OpenAiRequest& request) {
  TG_TRY_VOID(check_string("model", value, max_model_bytes));
  request.model_value = value;
  if (!value.plain_string()) request.decoded_model = value.string().value_or("");
  return {};
}

Result<void> read_user(const Value& value, OpenAiRequest& request) {
  TG_TRY_VOID(check_string("user", value, max_attribution_bytes));
  request.user_value = value;
  if (!value.plain_string()) request.decoded_user = value.string().value_or("");
  return {};
}

Result<void> read_stream(const Value& value, OpenAiRequest& request) {
  TG_TRY(yes, check_boolean("stream", value));
  request.stream = yes;
  return {};
}

Result<void> read_stream_options(const Value& value, OpenAiRequest& request) {
  if (!value.is(Kind::object)) return wrong_type("stream_options", "an object");
  auto usage = json::find(value, "include_usage");
  if (!usage || usage->is(Kind::null)) return {};
  TG_TRY(yes, check_boolean("stream_options.include_usage", *usage));
  request.include_usage = yes;
  return {};
}

// The old completions API allows 0, with `echo`.
Result<void> note_max(std::string_view field, const Value& value, OpenAiRequest& request) {
  TG_TRY(most, check_integer(field, value, request.endpoint == Endpoint::completions ? 0 : 1, max_output_tokens));
  request.max_output = std::max(request.max_output.value_or(0), most);
  return {};
}
Result<void> read_max_tokens(const Value& value, OpenAiRequest& request) {
  return note_max("max_tokens", value, request);
}
Result<void> read_max_completion_tokens(const Value& value, OpenAiRequest& request) {
  return note_max("max_completion_tokens", value, request);
}

Result<void> read_n(const Value& value, OpenAiRequest& request) {
  TG_TRY(n, check_integer("n", value, 1, max_n));
  request.n = n;
  return {};
}
Result<void> read_best_of(const Value& value, OpenAiRequest& request) {
  TG_TRY(best_of, check_integer("best_of", value, 1, max_n));
  request.best_of = best_of;
  return {};
}

Result<void> read_tools(const Value& value, OpenAiRequest& request) {
  TG_TRY_VOID(check_tools(value));
  request.tools = value;
  request.has_tools = true;
  return {};
}
Result<void> read_functions(const Value& value, OpenAiRequest& request) {
  if (!value.is(Kind::array)) return wrong_type("functions", "an array");
  request.has_tools = true;
  return {};
}

Result<void> read_seed(const Value& value, OpenAiRequest&) {
  TG_TRY(seed, check_integer("seed", value, INT64_MIN, INT64_MAX));
  static_cast<void>(seed);
  return {};
}
// true or false for chat, a number for completions.
Result<void> read_logprobs(const Value& value, OpenAiRequest&) {
  if (!value.is(Kind::boolean) && !value.integer()) return wrong_type("logprobs", "true or false");
  return {};
}
Result<void> read_top_logprobs(const Value& value, OpenAiRequest&) {
  TG_TRY(count, check_integer("top_logprobs", value, 0, 20));
  static_cast<void>(count);
  return {};
}
Result<void> read_dimensions(const Value& value, OpenAiRequest&) {
  TG_TRY(count, check_integer("dimensions", value, 1, 1 << 20));
  static_cast<void>(count);
  return {};
}
Result<void> read_temperature(const Value& value, OpenAiRequest&) { return check_number("temperature", value, 0, 200); }
Result<void> read_top_p(const Value& value, OpenAiRequest&) { return check_number("top_p", value, 0, 100); }
Result<void> read_presence(const Value& value, OpenAiRequest&) {
  return check_number("presence_penalty", value, -200, 200);
}
Result<void> read_frequency(const Value& value, OpenAiRequest&) {
  return check_number("frequency_penalty", value, -200, 200);
}
Result<void> ignore(const Value&, OpenAiRequest&) { return {}; }

// Fields that are not here are text for all we know: they pass, and count as input.
constexpr Field fields[] = {
    {"model", read_model},
    {"messages", keep<&OpenAiRequest::messages>},  // counted by read_messages
    {"prompt", keep<&OpenAiRequest::prompt>, true},
    {"input", keep<&OpenAiRequest::input>, true},
    {"stream", read_stream},
    {"stream_options", read_stream_options},
    {"max_tokens", read_max_tokens},
    {"max_completion_tokens", read_max_completion_tokens},
    {"n", read_n},
    {"best_of", read_best_of},
    {"user", read_user},
    {"tools", read_tools, true},
    {"functions", read_functions, true},
    {"tool_choice", only<check_tool_choice>},
    {"response_format", only<check_response_format>, true},
    {"stop", only<check_stop>},
    {"metadata", only<check_metadata>},
    {"logit_bias", only<check_logit_bias>},
    {"seed", read_seed},
    {"logprobs", read_logprobs},
    {"top_logprobs", read_top_logprobs},
    {"dimensions", read_dimensions},
    {"temperature", read_temperature},
    {"top_p", read_top_p},
    {"presence_penalty", read_presence},
    {"frequency_penalty", read_frequency},
    {"parallel_tool_calls", ignore},
    {"reasoning_effort", ignore},
    {"service_tier", ignore},
    {"store", ignore},
    {"echo", ignore},
    {"encoding_format", ignore},
    {"modalities", ignore},
    {"verbosity", ignore},
    {"prompt_cache_key", ignore},
    {"safety_identifier", ignore},
};

const Field* find_field(const Member& member) {
  for (const Field& field : fields) {
    if (member.key_is(field.name)) return &field;
  }
  return nullptr;
}

Result<void> read_member(const Member& member, OpenAiRequest& request) {
  const Field* field = find_field(member);
  if (field != nullptr && field->name == "stream_options") {
    request.has_stream_options = true;
    request.stream_options = member.value;
  }
  if (field == nullptr || field->counts) {
    request.input_bound += Tokens{static_cast<std::int64_t>(member.raw_key.size() + member.value.raw.size())};
  }
  if (field == nullptr || member.value.is(Kind::null)) return {};
  return field->read(member.value, request);
}

// A text, several texts, the token ids of one text, or of several. Their number; each one is an answer or a vector of
// its own.
Result<std::int64_t> count_inputs(std::string_view field, const Value& value) {
  if (value.is(Kind::string)) return 1;
  if (!value.is(Kind::array)) return wrong_type(field, "a string or an array");
  std::int64_t several = 0, ids = 0;
  for (const Value& element : json::Elements(value)) {
    bool id = element.integer().value_or(-1) >= 0;
    if (!id && !element.is(Kind::string) && !element.is(Kind::array)) {
      return wrong_type(field, "strings, token ids or arrays of token ids");
    }
    ++(id ? ids : several);
  }
  if (several + ids == 0) return bad_field(field, "empty_array", fmt::format("'{}' is empty", field));
  if (several > 0 && ids > 0) return wrong_type(field, "strings, token ids or arrays of token ids");
  if (several > static_cast<std::int64_t>(max_inputs)) {
    return bad_field(field, "array_above_max_length", fmt::format("'{}' has more than {} elements", field, max_inputs));
  }
  return std::max<std::int64_t>(several, 1);
}

Result<void> read_content(OpenAiRequest& request) {
  request.input_bound += Tokens{template_tokens};
  if (request.endpoint == Endpoint::chat) {
    TG_TRY(bound, read_messages(request.messages));
    request.input_bound += bound;
    return {};
  }
  bool embeddings = request.endpoint == Endpoint::embeddings;
  const Value& texts = embeddings ? request.input : request.prompt;
  if (texts.is(Kind::null)) {
    if (!embeddings) return {};  // an empty prompt
    return bad_field("input", "missing_required_parameter", "'input' is required");
  }
  TG_TRY(count, count_inputs(embeddings ? "input" : "prompt", texts));
  request.prompts = count;
  request.input_bound += Tokens{count * separator_tokens};
  return {};
}

std::unexpected<Error> not_json(const json::Fault& fault) {
  return fail(Error{.fault = Fault::invalid_request,
                    .detail = fmt::format("the body is not valid JSON: {} at byte {}", fault.what, fault.offset),
                    .code = "invalid_json"});
}

Result<void> read_members(const Value& root, OpenAiRequest& request) {
  for (const Member& member : json::Members(root)) TG_TRY_VOID(read_member(member, request));
  return {};
}

}  // namespace

Result<OpenAiRequest> read_request(Endpoint endpoint, std::string_view body) {
  std::array<Member, expected_members> members;
  std::size_t count = 0;
  auto root = json::scan_object(body, {}, members, count);
  if (!root) return not_json(root.error());

  OpenAiRequest request;
  request.endpoint = endpoint;
  request.body = body;
  request.root = *root;
  if (count <= members.size()) {
    for (std::size_t i = 0; i < count; ++i) TG_TRY_VOID(read_member(members[i], request));
  } else {
    TG_TRY_VOID(read_members(*root, request));
  }
  if (request.model_value.is(Kind::null))
    return bad_field("model", "missing_required_parameter", "'model' is required");
  if (request.model().empty()) return bad_field("model", "invalid_value", "'model' is empty");
  TG_TRY_VOID(read_content(request));
  return request;
}

}  // namespace tollgate::openai_chat
