#include "dialects/gemini/finish.h"

namespace tollgate::gemini {
namespace {

struct Row {
  std::string_view word;
  FinishReason reason;
};

// The first eleven stand at their number in Vertex' enum, the only one that was seen as integers. Source: the API's description,
// schema `Candidate`, revision 20251218; MODEL_ARMOR and the numbers from recorded answers of Vertex.
constexpr Row rows[] = {{"FINISH_REASON_UNSPECIFIED", FinishReason::none},
                        {"STOP", FinishReason::stop},
                        {"MAX_TOKENS", FinishReason::length},
                        {"SAFETY", FinishReason::content_filter},
                        {"RECITATION", FinishReason::content_filter},
                        {"OTHER", FinishReason::error},
                        {"BLOCKLIST", FinishReason::content_filter},
                        {"PROHIBITED_CONTENT", FinishReason::content_filter},
                        {"SPII", FinishReason::content_filter},
                        {"MALFORMED_FUNCTION_CALL", FinishReason::error},
                        {"MODEL_ARMOR", FinishReason::content_filter},
                        {"IMAGE_SAFETY", FinishReason::content_filter},
                        {"IMAGE_PROHIBITED_CONTENT", FinishReason::content_filter},
                        {"IMAGE_RECITATION", FinishReason::content_filter},
                        {"IMAGE_OTHER", FinishReason::error},
                        {"NO_IMAGE", FinishReason::error},
                        {"LANGUAGE", FinishReason::error},
                        {"UNEXPECTED_TOOL_CALL", FinishReason::error},
                        {"TOO_MANY_TOOL_CALLS", FinishReason::error},
                        {"MISSING_THOUGHT_SIGNATURE", FinishReason::error},
                        {"MALFORMED_RESPONSE", FinishReason::error}};
constexpr std::int64_t numbered = 11;
constexpr std::size_t max_native_bytes = 64;

const Row* find_row(std::string_view word) {
  for (const Row& row : rows)
    if (row.word == word) return &row;
  return nullptr;
}

}  // namespace

Finish read_finish(const json::Value& value) {
  if (value.is(json::Kind::null)) return {};
  if (auto number = value.integer()) {
    if (*number < 0 || *number >= numbered) return {FinishReason::error, std::to_string(*number)};
    const Row& row = rows[*number];
    return {row.reason, row.reason == FinishReason::none ? "" : std::string(row.word)};
  }
  auto word = value.plain_string();
  if (!word || word->size() > max_native_bytes) return {FinishReason::error, {}};
  const Row* row = find_row(*word);
  if (row == nullptr) return {FinishReason::error, std::string(*word)};  // a reason of tomorrow is hardly STOP
  return {row->reason, row->reason == FinishReason::none ? "" : std::string(*word)};
}

FinishReason with_calls(FinishReason reason, bool calls) {
  return calls && reason == FinishReason::stop ? FinishReason::tool_calls : reason;
}

std::string_view finish_word(FinishReason reason, std::string_view native) {
  if (const Row* row = find_row(native)) return row->word;
  switch (reason) {
    case FinishReason::length: return "MAX_TOKENS";
    case FinishReason::content_filter:
    case FinishReason::refusal: return "SAFETY";
    case FinishReason::error: return "OTHER";
    default: return "STOP";
  }
}

}  // namespace tollgate::gemini
