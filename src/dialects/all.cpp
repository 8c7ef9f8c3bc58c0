#include "dialects/all.h"

#include "dialects/anthropic_messages/anthropic_messages.h"
#include "dialects/bedrock_converse/bedrock_converse.h"
#include "dialects/cohere/cohere.h"
#include "dialects/gemini/gemini.h"
#include "dialects/ollama/ollama.h"
#include "dialects/openai_chat/openai_chat.h"
#include "dialects/openai_responses/openai_responses.h"

namespace tollgate {

std::span<const Dialect* const> all_dialects() {
  static const Dialect* const all[] = {&openai_chat::dialect(), &openai_responses::dialect(), &anthropic_messages::dialect(),
                                       &gemini::dialect(),      &ollama::dialect(),           &cohere::dialect(),
                                       &bedrock_converse::dialect()};
  return all;
}

const Dialect* find_dialect(std::string_view name) {
  for (const Dialect* dialect : all_dialects())
    if (dialect->name() == name) return dialect;
  return nullptr;
}

}  // namespace tollgate
