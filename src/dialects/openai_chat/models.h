#pragma once
// `GET /v1/models` and `GET /v1/models/{model}` as OpenAI's clients read them. The names are ours: what a key may ask
// for.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tollgate::openai_chat {

struct ModelEntry {
  std::string_view name;
  std::int64_t created = 0;  // Unix seconds; clients want a number, ours has no meaning
  std::string_view owned_by = "tollgate";
};

void append_model(std::string& out, const ModelEntry& model);
void append_model_list(std::string& out, std::span<const ModelEntry> models);

}  // namespace tollgate::openai_chat
