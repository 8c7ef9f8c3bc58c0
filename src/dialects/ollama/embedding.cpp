#include "dialects/ollama/embedding.h"

#include "dialects/dropped.h"
#include "dialects/fields.h"
#include "dialects/ollama/answer.h"
#include "dialects/vectors.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate::ollama {

using json::Kind;
using json::Member;
using json::Value;

EmbeddingRequest read_embedding(const CallView& view) {
  EmbeddingRequest request{.dialect = "ollama", .model = view.model};
  Value input = field_of(view.root, "input");
  if (input.is(Kind::string)) request.inputs.push_back(input.string().value_or(""));
  for (const Value& text : json::Elements(input)) request.inputs.push_back(text.string().value_or(""));
  for (const Member& member : json::Members(view.root)) {
    if (member.value.is(Kind::null) || member.key_is("model") || member.key_is("input")) continue;
    if (member.key_is("dimensions"))
      request.dimensions = member.value.integer();
    else
      request.extras.push_back({member.key(), std::string(member.value.raw)});
  }
  return request;
}

Result<WrittenRequest> write_embedding(const EmbeddingRequest& request, const TargetWays& ways) {
  if (!request.input_tokens.empty()) return bad_field("input", "unsupported_parameter", "the model at hand embeds texts, not token ids");
  WrittenRequest written{.path = "/api/embed"};
  Dropped dropped;
  json::Writer out(written.body);
  out.begin_object().member("model", ways.model).key("input").begin_array();
  for (const std::string& text : request.inputs) out.value(text);
  out.end_array();
  if (request.dimensions) out.member("dimensions", *request.dimensions);
  for (const ExtraField& extra : request.extras) {
    if (request.dialect == "ollama")
      out.key(extra.name).raw(extra.json);
    else
      dropped.add(extra.name);
  }
  out.end_object();
  dropped.add_if(!request.user.empty(), "user");
  dropped.add_if(!request.purpose.empty(), "purpose");
  written.dropped = dropped.take();
  return written;
}

Result<EmbeddingResponse> read_embeddings(std::string_view body) {
  auto root = json::scan(body, {.refuse_duplicates = false});
  if (root && root->is(Kind::object))
    if (auto error = error_in(*root)) return fail(std::move(*error));
  Value vectors = root ? field_of(*root, "embeddings") : Value{};
  if (!vectors.is(Kind::array))
    return fail(Error{.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = "the provider's answer has no vectors"});
  EmbeddingResponse response{.model = text_field(*root, "model"), .usage = read_usage(*root)};
  for (const Value& vector : json::Elements(vectors)) response.vectors.emplace_back(vector.raw);
  return response;
}

void write_embeddings(const EmbeddingResponse& response, const AnswerFacts& facts, std::string& out) {
  json::Writer writer(out);
  writer.begin_object().member("model", facts.model).key("embeddings").begin_array();
  for (const std::string& vector : response.vectors) writer.raw(vector_as(vector, VectorForm::numbers));
  writer.end_array().member("total_duration", 0).member("load_duration", 0);
  writer.member("prompt_eval_count", response.usage ? response.usage->all_input().count : 0).end_object();
}

}  // namespace tollgate::ollama
