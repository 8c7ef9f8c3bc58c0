#include "dialects/batch_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "dialects/all.h"
#include "dialects/beyond_body.h"
#include "dialects/door.h"
#include "dialects/fields.h"
#include "dialects/openai_responses/usage.h"
#include "dialects/passthrough.h"
#include "json/scan.h"

namespace tollgate {
namespace {

using json::Kind;
using json::Value;

constexpr std::int64_t max_calls = 100'000;

std::unexpected<Error> bad_line(std::int64_t number, std::string_view why) {
  return bad_field("file", "invalid_batch_input", fmt::format("line {} of the file: {}", number, why));
}

Result<CallView> view_call(std::string_view url, const Value& body, std::int64_t number) {
  auto door = find_door(url, "");
  if (!door) return bad_line(number, "'url' is no endpoint that is known here");
  Result<CallView> view = door->operation == Operation::passthrough
                              ? view_passthrough("application/json", body.raw)
                              : door->dialect->view({.operation = door->operation, .body = body.raw, .path_model = door->path_model});
  if (!view) return bad_line(number, view.error().detail);
  return view;
}

bool answers_in_tokens(Operation operation) { return operation == Operation::chat || operation == Operation::completions; }

Result<void> add_line(std::string_view line, BatchInput& batch) {
  std::int64_t number = ++batch.calls;
  if (number > max_calls) return bad_line(number, "a batch has at most 100,000 calls");
  auto root = json::scan(line);
  if (!root || !root->is(Kind::object)) return bad_line(number, "it is no JSON object");
  Value body = field_of(*root, "body");
  if (!body.is(Kind::object)) return bad_line(number, "'body' must be an object");
  TG_TRY(view, view_call(text_field(*root, "url"), body, number));
  if (view.model.empty()) return bad_line(number, "'body.model' is missing");
  if (number > 1 && view.model != batch.model) return bad_line(number, "all calls of a batch ask the same model");
  batch.model = view.model;
  BeyondBody beyond = beyond_body(view.root);
  batch.input += view.input_bound.count + beyond.tokens + (beyond.fills_context ? largest_context : 0);
  if (!answers_in_tokens(view.operation)) return {};
  if (view.max_output && batch.output)
    *batch.output += *view.max_output * view.answers;
  else
    batch.output.reset();
  return {};
}

}  // namespace

Result<bool> BatchInputReader::step(std::size_t bytes) {
  for (std::size_t read = 0; !rest_.empty();) {
    if (read >= bytes) return true;
    std::size_t end = std::min(rest_.find('\n'), rest_.size());
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    read += end + 1;
    bool empty = line.find_first_not_of(" \t\r") == std::string_view::npos;
    if (!empty) TG_TRY_VOID(add_line(line, batch_));
  }
  if (batch_.calls == 0) return bad_field("file", "invalid_batch_input", "the file holds no call");
  return false;
}

Result<BatchInput> read_batch_input(std::string_view lines) {
  BatchInputReader reader(lines);
  TG_TRY_VOID(reader.step(lines.size() + 1));
  return reader.read();
}

std::optional<BatchState> read_batch(std::string_view body) {
  auto root = json::scan(body, {.refuse_duplicates = false});
  if (!root || !root->is(Kind::object)) return std::nullopt;
  constexpr std::string_view ends[] = {"completed", "failed", "expired", "cancelled"};
  std::string status = text_field(*root, "status");
  BatchState state{.id = text_field(*root, "id"), .model = text_field(*root, "model")};
  if (state.id.empty() || status.empty()) return std::nullopt;
  state.over = std::find(std::begin(ends), std::end(ends), status) != std::end(ends);
  if (Value usage = field_of(*root, "usage"); field_of(usage, "total_tokens").integer().value_or(0) > 0) state.usage = openai_responses::read_usage(*root);
  state.output_file = text_field(*root, "output_file_id");
  state.error_file = text_field(*root, "error_file_id");
  return state;
}

std::optional<Usage> usage_in_output_line(std::span<const Dialect* const> dialects, std::string_view line) {
  auto root = json::scan(line, {.refuse_duplicates = false});
  if (!root) return std::nullopt;
  Value body = field_of(field_of(*root, "response"), "body");
  if (!body.is(Kind::object)) return std::nullopt;
  if (auto usage = usage_in(dialects, body.raw)) return usage;
  const Dialect* responses = find_dialect("openai_responses");
  return usage_in({&responses, 1}, body.raw);
}

}  // namespace tollgate
