#include "dialects/gemini/response_writer.h"

#include "dialects/gemini/errors.h"
#include "dialects/gemini/fields.h"
#include "dialects/gemini/finish.h"
#include "dialects/gemini/logprobs.h"
#include "dialects/gemini/part_writer.h"
#include "dialects/gemini/response_reader.h"
#include "dialects/gemini/usage.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate::gemini {
namespace {

using json::Writer;

// The extras under a prefix. Those of a candidate have a prefix of their own, so none is written twice.
void write_extras(Writer& writer, const ChatResponse& response, std::string_view prefix) {
  if (response.dialect != "gemini") return;
  for (const ExtraField& extra : response.extras) {
    std::string_view name = extra.name;
    if (!name.starts_with(prefix) || (prefix.empty() && name.starts_with("candidates["))) continue;
    writer.key(name.substr(prefix.size())).raw(extra.json);
  }
}

void write_choice(Writer& writer, const ChatChoice& choice, const ChatResponse& response) {
  PartWays ways{.signed_parts = PartWays::Signed::enveloped, .own_dialect = true};
  Dropped dropped;
  writer.begin_object().key("content").begin_object().key("parts").begin_array();
  write_parts(writer, choice.parts, ways, dropped);
  writer.end_array().member("role", "model").end_object();
  if (choice.finish != FinishReason::none) {
    writer.member("finishReason", finish_word(choice.finish, choice.native_finish));
  }
  writer.member("index", choice.index);
  bool own = response.dialect == "gemini";
  std::string logprobs = own || choice.logprobs.empty() ? std::string() : gemini_logprobs(choice.logprobs);
  if (!logprobs.empty()) writer.key("logprobsResult").raw(logprobs);
  write_extras(writer, response, candidate_prefix(choice.index));
  writer.end_object();
}

// A prompt that was blocked has feedback and no candidate.
bool is_blocked_prompt(const ChatResponse& response) {
  if (response.dialect != "gemini" || response.choices.size() != 1 || !response.choices.front().parts.empty()) return false;
  for (const ExtraField& extra : response.extras)
    if (extra.name == "promptFeedback" && response.choices.front().finish == FinishReason::content_filter) {
      auto root = json::scan(extra.json);
      return root && !field_of(*root, "blockReason").is(json::Kind::null);
    }
  return false;
}

void write_model(Writer& writer, const ModelEntry& model) {
  writer.begin_object().member("name", "models/" + std::string(model.name)).member("version", "1");
  writer.member("displayName", model.name).key("supportedGenerationMethods").begin_array();
  if (model.embeds) {
    writer.value("embedContent").value("batchEmbedContents");
  } else {
    writer.value("generateContent").value("streamGenerateContent").value("countTokens");
  }
  writer.end_array().end_object();
}

}  // namespace

void append_response(std::string& out, const ChatResponse& response, const AnswerFacts& facts) {
  Writer writer(out);
  writer.begin_object();
  if (!is_blocked_prompt(response)) {
    writer.key("candidates").begin_array();
    for (const ChatChoice& choice : response.choices) write_choice(writer, choice, response);
    writer.end_array();
  }
  if (response.usage) {
    std::string usage;
    append_usage(usage, *response.usage);
    writer.key("usageMetadata").raw(usage);
  }
  writer.member("modelVersion", facts.model).member("responseId", to_string(facts.id));
  write_extras(writer, response, "");
  writer.end_object();
}

void append_token_count(std::string& out, Tokens total) {
  Writer(out).begin_object().member("totalTokens", total.count).end_object();
}

std::optional<Tokens> read_token_count(std::string_view body) {
  auto root = json::scan(body, {.refuse_duplicates = false});
  if (!root) return std::nullopt;
  auto total = field_of(*root, "totalTokens").integer();
  if (!total || *total < 0 || *total > max_sane_tokens) return std::nullopt;
  return Tokens{*total};
}

void append_model(std::string& out, const ModelEntry& model) {
  Writer writer(out);
  write_model(writer, model);
}

void append_model_list(std::string& out, std::span<const ModelEntry> models) {
  Writer writer(out);
  writer.begin_object().key("models").begin_array();
  for (const ModelEntry& model : models) write_model(writer, model);
  writer.end_array().end_object();
}

}  // namespace tollgate::gemini
