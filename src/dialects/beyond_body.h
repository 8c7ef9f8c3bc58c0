#pragma once
// What a provider reads beside what a body shows, as far as the body tells of it: prompts and tools of its own, pages of a search, stored
// conversations, files that are only named. For what is reserved.

#include <cstdint>

#include "json/value.h"

namespace tollgate {

// Of a model whose context nobody says.
constexpr std::int64_t largest_context = 1 << 20;

struct BeyondBody {
  std::int64_t tokens = 0;     // at most, of prompts and descriptions of the provider's own
  bool fills_context = false;  // things of any length: up to the model's context
  bool continues = false;      // goes on with an answer that the provider keeps (`previous_response_id`)
};

// In any dialect. `root` is the body; what is no object reads nothing.
BeyondBody beyond_body(const json::Value& root);

}  // namespace tollgate
