#pragma once
// What happens in a streamed answer, in our own terms. Content comes in blocks: each begins, grows and ends once; several may be
// open at a time (parallel tool calls). A reader of a dialect without blocks makes them; a writer of one ignores them.
//
//   StreamStart (BlockStart BlockDelta* BlockEnd | Usage)* ChoiceEnd* StreamEnd
//
// Blocks of one choice are numbered 0, 1, 2 … in the order in which they begin. Usage is what is known so far, not a difference.
// A stream that ends without its terminal event has no StreamEnd: the reader's end() says the error.

#include <cstdint>
#include <string>
#include <variant>

#include "base/error.h"
#include "domain/chat_response.h"

namespace tollgate {

struct StreamStart {
  std::string id{};
  std::string model{};
  std::int64_t created = 0;
};

struct BlockStart {
  std::int64_t choice = 0;
  std::int64_t block = 0;
  Part part{};  // its kind, and what is known at once: a call's id and name, a whole Foreign piece. Texts are empty.
};

struct BlockDelta {
  enum class What : unsigned char {
    text,       // of Text, Refusal, Reasoning
    arguments,  // of a ToolCall: a piece of its JSON text
    signature,  // of Reasoning, Text or ToolCall: all of it at once
    redacted,   // of Reasoning
    citation,   // of Text: one citation as JSON of the reader's dialect
    media,      // of Media: base64, a piece
  };
  std::int64_t choice = 0;
  std::int64_t block = 0;
  What what = What::text;
  std::string text{};
  std::string logprobs{};  // JSON array of this piece's tokens, as OpenAI writes it; empty: none
};

struct BlockEnd {
  std::int64_t choice = 0;
  std::int64_t block = 0;
};

struct ChoiceEnd {
  std::int64_t choice = 0;
  FinishReason finish = FinishReason::stop;
  std::string stop_sequence{};
  std::string native_finish{};
};

struct UsageSeen {
  Usage usage{};
};

struct StreamEnd {};

// In-band: nothing follows it.
struct StreamFailed {
  Error error{};
};

using StreamEvent = std::variant<StreamStart, BlockStart, BlockDelta, BlockEnd, ChoiceEnd, UsageSeen, StreamEnd, StreamFailed>;

}  // namespace tollgate
