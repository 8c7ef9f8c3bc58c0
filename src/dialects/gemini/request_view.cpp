#include "dialects/gemini/request_view.h"

#include <array>
#include <span>

#include <fmt/format.h>

#include "base/text.h"
#include "dialects/gemini/content_view.h"
#include "dialects/gemini/fields.h"
#include "json/scan.h"

namespace tollgate::gemini {
namespace {

using json::Kind;
using json::Member;
using json::Value;

constexpr std::size_t expected_members = 16;

// The fields of one object that were seen, so that none comes in two spellings.
class Seen {
 public:
  Result<void> note(std::size_t field, std::string_view path) {
    if ((bits_ >> field & 1u) != 0) return bad_field(path, fmt::format("'{}' is said twice", path));
    bits_ |= std::uint64_t{1} << field;
    return {};
  }

 private:
  std::uint64_t bits_ = 0;
};

// A field: how it is checked, and whether its text is input of the model.
struct Field {
  std::string_view name;
  Result<void> (*check)(std::string_view path, const Value& value, CallView& view);
  bool counts = false;
};

const Field* find_field(std::span<const Field> fields, const Member& member) {
  for (const Field& field : fields)
    if (field_is(member, field.name)) return &field;
  return nullptr;
}

void count(const Member& member, CallView& view) {
  view.input_bound += Tokens{static_cast<std::int64_t>(member.raw_key.size() + member.value.raw.size())};
}

Result<void> check_member(std::string_view prefix, std::span<const Field> fields, const Member& member, Seen& seen,
                          CallView& view) {
  const Field* field = find_field(fields, member);
  if (field == nullptr || field->counts) count(member, view);
  if (field == nullptr) return {};
  std::string path = std::string(prefix) + member.key();
  TG_TRY_VOID(seen.note(static_cast<std::size_t>(field - fields.data()), path));
  if (member.value.is(Kind::null)) return {};
  return field->check(path, member.value, view);
}

Result<void> check_members(std::string_view prefix, std::span<const Field> fields, const Value& object, CallView& view) {
  Seen seen;
  for (const Member& member : json::Members(object))
    TG_TRY_VOID(check_member(prefix, fields, member, seen, view));
  return {};
}

Result<std::int64_t> integer_between(std::string_view path, const Value& value, std::int64_t least, std::int64_t most) {
  auto number = value.integer();
  if (!number) return wrong_type(path, "an integer");
  if (*number < least) return bad_field(path, fmt::format("'{}' must be at least {}", path, least));
  if (*number > most) return bad_field(path, fmt::format("'{}' must be at most {}", path, most));
  return *number;
}

Result<void> check_any(std::string_view, const Value&, CallView&) { return {}; }
Result<void> check_number(std::string_view path, const Value& value, CallView&) {
  if (!value.is(Kind::number)) return wrong_type(path, "a number");
  return {};
}
Result<void> check_integer(std::string_view path, const Value& value, CallView&) {
  TG_TRY(number, integer_between(path, value, INT64_MIN, INT64_MAX));
  static_cast<void>(number);
  return {};
}
Result<void> check_boolean(std::string_view path, const Value& value, CallView&) {
  if (!value.is(Kind::boolean)) return wrong_type(path, "true or false");
  return {};
}
Result<void> check_string(std::string_view path, const Value& value, CallView&) {
  if (!value.is(Kind::string)) return wrong_type(path, "a string");
  return {};
}
Result<void> check_object(std::string_view path, const Value& value, CallView&) {
  if (!value.is(Kind::object)) return wrong_type(path, "an object");
  return {};
}
Result<void> check_strings(std::string_view path, const Value& value, CallView&) {
  if (!value.is(Kind::array) && !value.is(Kind::string)) return wrong_type(path, "an array of strings");
  for (const Value& element : Listed(value))
    if (!element.is(Kind::string)) return wrong_type(path, "an array of strings");
  return {};
}

Result<void> check_max_output(std::string_view path, const Value& value, CallView& view) {
  TG_TRY(most, integer_between(path, value, 1, max_output_tokens));
  view.max_output = most;
  return {};
}
Result<void> check_candidates(std::string_view path, const Value& value, CallView& view) {
  TG_TRY(candidates, integer_between(path, value, 1, max_candidates));
  view.answers = candidates;
  return {};
}
Result<void> check_stop(std::string_view path, const Value& value, CallView& view) {
  if (!value.is(Kind::array) && !value.is(Kind::null)) return wrong_type(path, "an array");
  TG_TRY_VOID(check_strings(path, value, view));
  std::size_t texts = 0;
  for (const Value& element : Listed(value)) {
    static_cast<void>(element);
    if (++texts > max_stop_sequences) return bad_field(path, fmt::format("more than {} stop sequences", max_stop_sequences));
  }
  return {};
}

constexpr Field thinking_fields[] = {{"thinkingBudget", check_integer},
                                     {"thinkingLevel", check_string},
                                     {"includeThoughts", check_boolean}};
Result<void> check_thinking(std::string_view path, const Value& value, CallView& view) {
  TG_TRY_VOID(check_object(path, value, view));
  return check_members(std::string(path) + '.', thinking_fields, value, view);
}

constexpr Field config_fields[] = {{"maxOutputTokens", check_max_output},
                                   {"candidateCount", check_candidates},
                                   {"stopSequences", check_stop},
                                   {"temperature", check_number},
                                   {"topP", check_number},
                                   {"topK", check_number},
                                   {"seed", check_integer},
                                   {"presencePenalty", check_number},
                                   {"frequencyPenalty", check_number},
                                   {"responseMimeType", check_string},
                                   {"responseSchema", check_object, true},
                                   {"responseJsonSchema", check_any, true},
                                   {"_responseJsonSchema", check_any, true},
                                   {"responseLogprobs", check_boolean},
                                   {"logprobs", check_integer},
                                   {"responseModalities", check_strings},
                                   {"thinkingConfig", check_thinking},
                                   {"speechConfig", check_object},
                                   {"mediaResolution", check_any},
                                   {"imageConfig", check_object}};
Result<void> check_config(std::string_view path, const Value& value, CallView& view) {
  TG_TRY_VOID(check_object(path, value, view));
  return check_members(std::string(path) + '.', config_fields, value, view);
}

Result<void> check_declaration(const std::string& path, const Value& declaration) {
  if (!declaration.is(Kind::object)) return wrong_type(path, "an object");
  auto name = field_of(declaration, "name").plain_string();
  if (!name || name->empty() || name->size() > max_tool_name_bytes) {
    return bad_field(path + ".name", fmt::format("a function's name has 1 to {} characters", max_tool_name_bytes));
  }
  return {};
}

Result<void> check_tools(std::string_view path, const Value& value, CallView& view) {
  if (!value.is(Kind::array) && !value.is(Kind::object)) return wrong_type(path, "an array");
  std::size_t index = 0, functions = 0;
  for (const Value& tool : Listed(value)) {
    std::string place = fmt::format("{}[{}]", path, index++);
    if (!tool.is(Kind::object)) return wrong_type(place, "an object");
    for (const Member& member : json::Members(tool)) {
      if (!field_is(member, "functionDeclarations") || member.value.is(Kind::null)) continue;
      std::string list = fmt::format("{}.{}", place, member.key());
      if (!member.value.is(Kind::array) && !member.value.is(Kind::object)) return wrong_type(list, "an array");
      std::size_t at = 0;
      for (const Value& declaration : Listed(member.value)) {
        TG_TRY_VOID(check_declaration(fmt::format("{}[{}]", list, at++), declaration));
        if (++functions > max_tools) return bad_field(path, fmt::format("more than {} functions", max_tools));
      }
    }
  }
  if (index > max_tools) return bad_field(path, fmt::format("more than {} tools", max_tools));
  view.has_tools = index > 0;
  return {};
}

constexpr std::string_view modes[] = {"MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"};

Result<void> check_mode(std::string_view path, const Value& value, CallView&) {
  auto word = value.plain_string();
  if (!word) return wrong_type(path, "a string");
  for (std::string_view mode : modes)
    if (iequals(mode, *word)) return {};
  return bad_field(path, fmt::format("'{}' must be AUTO, ANY, NONE or VALIDATED", path));
}
constexpr Field calling_fields[] = {{"mode", check_mode}, {"allowedFunctionNames", check_strings}};
Result<void> check_calling(std::string_view path, const Value& value, CallView& view) {
  TG_TRY_VOID(check_object(path, value, view));
  return check_members(std::string(path) + '.', calling_fields, value, view);
}
constexpr Field tool_config_fields[] = {{"functionCallingConfig", check_calling}, {"retrievalConfig", check_object}};
Result<void> check_tool_config(std::string_view path, const Value& value, CallView& view) {
  TG_TRY_VOID(check_object(path, value, view));
  return check_members(std::string(path) + '.', tool_config_fields, value, view);
}

Result<void> check_question_contents(std::string_view path, const Value& value, CallView& view) {
  TG_TRY(bound, check_contents(path, value));
  view.input_bound += bound;
  return {};
}
Result<void> check_system(std::string_view path, const Value& value, CallView& view) {
  TG_TRY(bound, check_content(path, value));
  view.input_bound += bound;
  return {};
}
Result<void> check_cached(std::string_view path, const Value& value, CallView& view) {
  TG_TRY_VOID(check_string(path, value, view));
  view.input_bound += Tokens{max_context_tokens};
  return {};
}
Result<void> check_model(std::string_view path, const Value& value, CallView& view) {
  auto name = value.string();
  if (!name) return wrong_type(path, "a string");
  if (bare_model(*name) != bare_model(view.model)) return bad_field(path, "the body names another model than the path");
  return {};
}
Result<void> check_safety(std::string_view path, const Value& value, CallView&) {
  if (!value.is(Kind::array) && !value.is(Kind::object)) return wrong_type(path, "an array");
  return {};
}

constexpr Field question_fields[] = {{"contents", check_question_contents},
                                     {"systemInstruction", check_system},
                                     {"tools", check_tools, true},
                                     {"toolConfig", check_tool_config},
                                     {"generationConfig", check_config},
                                     {"safetySettings", check_safety},
                                     {"cachedContent", check_cached},
                                     {"labels", check_object},
                                     {"model", check_model}};

Result<void> check_question(std::string_view prefix, const Value& question, CallView& view) {
  TG_TRY_VOID(check_members(prefix, question_fields, question, view));
  if (field_of(question, "contents").is(Kind::null)) {
    return bad_field(std::string(prefix) + "contents", fmt::format("'{}contents' is required", prefix));
  }
  return {};
}

constexpr Field embedding_fields[] = {{"content", check_system},     {"model", check_model},
                                      {"taskType", check_string},    {"title", check_string, true},
                                      {"outputDimensionality", check_integer}};

Result<void> check_embedding(std::string_view prefix, const Value& request, CallView& view) {
  TG_TRY_VOID(check_members(prefix, embedding_fields, request, view));
  if (!field_of(request, "content").is(Kind::object)) return wrong_type(std::string(prefix) + "content", "an object");
  return {};
}

Result<void> check_embeddings(CallView& view) {
  Value requests = field_of(view.root, "requests");
  if (requests.is(Kind::null)) return check_embedding("", view.root, view);
  if (!requests.is(Kind::array)) return wrong_type("requests", "an array");
  std::size_t index = 0;
  for (const Value& request : json::Elements(requests)) {
    if (index == max_embeddings) return bad_field("requests", fmt::format("more than {} requests", max_embeddings));
    std::string place = fmt::format("requests[{}]", index++);
    if (!request.is(Kind::object)) return wrong_type(place, "an object");
    TG_TRY_VOID(check_embedding(place + '.', request, view));
  }
  if (index == 0) return bad_field("requests", "'requests' is empty");
  return {};
}

std::unexpected<Error> not_json(const json::Fault& fault) {
  return fail(Error{.fault = Fault::invalid_request,
                    .detail = fmt::format("the body is not valid JSON: {} at byte {}", fault.what, fault.offset),
                    .code = "invalid_json"});
}

}  // namespace

Result<CallView> view_call(const IncomingCall& call) {
  std::array<Member, expected_members> members;
  std::size_t seen = 0;
  auto root = json::scan_object(call.body, {}, members, seen);
  if (!root) return not_json(root.error());
  CallView view;
  view.operation = call.operation;
  view.picture_bound = max_image_tokens;
  view.body = call.body;
  view.root = *root;
  view.model = bare_model(call.path_model);
  view.stream = call.path_stream;
  if (view.model.empty() || view.model.size() > max_model_bytes) return bad_field("model", "the path names no model");
  if (call.operation == Operation::embeddings) {
    TG_TRY_VOID(check_embeddings(view));
    return view;
  }
  if (call.operation != Operation::chat && call.operation != Operation::count_tokens) {
    return fail(Fault::not_found, "this API has no such operation");
  }
  Value inner = call.operation == Operation::count_tokens ? field_of(*root, "generateContentRequest") : Value{};
  if (!inner.is(Kind::null) && !inner.is(Kind::object)) return wrong_type("generateContentRequest", "an object");
  TG_TRY_VOID(check_question(inner.is(Kind::object) ? "generateContentRequest." : "", question_of(view), view));
  return view;
}

Value question_of(const CallView& view) {
  if (view.operation != Operation::count_tokens) return view.root;
  Value inner = field_of(view.root, "generateContentRequest");
  return inner.is(Kind::object) ? inner : view.root;
}

std::string_view bare_model(std::string_view name) {
  std::size_t at = name.rfind("models/");
  bool whole = at == 0 || (at != std::string_view::npos && name[at - 1] == '/');
  return whole ? name.substr(at + 7) : name;
}

}  // namespace tollgate::gemini
