#pragma once
// What the provider says to a question, before it has a wire form: text or a tool call, and the tokens that are true of
// it. All of it follows from the question and the rule, so the same call always gets the same answer.
//
//   text        "You said: …", the JSON that a response format asks for, or the rule's; at most max_output tokens
//   tool call   when tool_choice names or requires one, or the last message contains the name of a tool
//   input       4 bytes are a token: of `messages` (`prompt`, `input`) and `tools` as they were sent
//   output      4 bytes are a token: of the text, or the tool's name and its arguments; for each choice
//
// Reasoning tokens come by script, count as output and eat from max_output first, as real ones do (wire-quirks 29).

#include <cstdint>
#include <string>
#include <string_view>

#include "mock/playbook.h"
#include "mock/question.h"

namespace tollgate::mock {

struct TokenCounts {
  std::int64_t input = 0;
  std::int64_t cached = 0;     // part of input
  std::int64_t output = 0;     // of all choices, with reasoning
  std::int64_t reasoning = 0;  // part of output
};

struct Reply {
  std::string text;            // of a tool call: its arguments
  std::string_view tool_name;  // empty: plain text
  std::int64_t choices = 1;
  std::int64_t pieces = 1;  // of the text, in a stream
  bool cut_by_length = false;
  TokenCounts counts;

  bool calls_tool() const { return !tool_name.empty(); }
  std::string_view piece(std::int64_t index) const;
  // Output tokens of one choice, of which the first `piece_count` pieces came; without reasoning.
  std::int64_t tokens_until(std::int64_t piece_count) const;
};

// Overwrites `out`, whose memory is used again. `out` holds views of the question.
void compose_reply(const Question& question, const Rule& rule, Reply& out);

}  // namespace tollgate::mock
