#include "dialects/openai_chat/embedding.h"

#include "dialects/openai_chat/answer.h"
#include "dialects/openai_chat/parts.h"
#include "dialects/vectors.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate::openai_chat {
namespace {

using json::Kind;
using json::Value;

bool holds_texts(const Value& input) {
  if (input.is(Kind::string)) return true;
  auto first = json::Elements(input).begin();
  return first != std::default_sentinel && first->is(Kind::string);
}

void read_field(const json::Member& member, EmbeddingRequest& request) {
  const Value& value = member.value;
  if (value.is(Kind::null) || member.key_is("model")) return;
  if (member.key_is("user")) request.user = value.string().value_or("");
  else if (member.key_is("encoding_format")) request.encoding = value.string().value_or("");
  else if (member.key_is("dimensions")) request.dimensions = value.integer();
  else if (!member.key_is("input")) request.extras.push_back({member.key(), std::string(value.raw)});
}

}  // namespace

Result<EmbeddingRequest> read_embedding(const CallView& view) {
  EmbeddingRequest request{.dialect = "openai_chat", .model = view.model};
  for (const json::Member& member : json::Members(view.root)) read_field(member, request);
  Value input = json::find(view.root, "input").value_or(Value{});
  if (!holds_texts(input)) {
    request.input_tokens = std::string(input.raw);
    return request;
  }
  if (input.is(Kind::string)) request.inputs.push_back(input.string().value_or(""));
  for (const Value& text : json::Elements(input)) request.inputs.push_back(text.string().value_or(""));
  return request;
}

Result<WrittenRequest> write_embedding(const EmbeddingRequest& request, const TargetWays& ways) {
  WrittenRequest written{.path = "/embeddings"};
  json::Writer out(written.body);
  out.begin_object().member("model", ways.model).key("input");
  if (!request.input_tokens.empty()) {
    out.raw(request.input_tokens);
  } else {
    out.begin_array();
    for (const std::string& text : request.inputs) out.value(text);
    out.end_array();
  }
  if (request.dimensions) out.member("dimensions", *request.dimensions);
  if (!request.encoding.empty()) out.member("encoding_format", request.encoding);
  if (!request.user.empty()) out.member("user", request.user);
  if (!request.purpose.empty()) written.dropped.push_back("purpose");
  for (const ExtraField& extra : request.extras) {
    if (request.dialect == "openai_chat")
      out.key(extra.name).raw(extra.json);
    else
      written.dropped.push_back(extra.name);
  }
  out.end_object();
  return written;
}

Result<EmbeddingResponse> read_embeddings(std::string_view body) {
  TG_TRY(answer, read_answer(Endpoint::embeddings, body));
  auto root = json::scan(answer.body, {.refuse_duplicates = false});
  EmbeddingResponse response{.model = text_of(*root, "model"), .usage = answer.usage};
  for (const Value& entry : json::Elements(json::find(*root, "data").value_or(Value{})))
    if (auto vector = json::find(entry, "embedding")) response.vectors.emplace_back(vector->raw);
  return response;
}

void write_embeddings(const EmbeddingResponse& response, const EmbeddingRequest& request, const AnswerFacts& facts,
                      std::string& out) {
  json::Writer writer(out);
  writer.begin_object().member("object", "list").key("data").begin_array();
  std::int64_t index = 0;
  for (const std::string& vector : response.vectors) {
    writer.begin_object().member("object", "embedding").member("index", index++).key("embedding");
    writer.raw(vector_as(vector, request.encoding == "base64" ? VectorForm::base64 : VectorForm::numbers)).end_object();
  }
  writer.end_array().member("model", response.model.empty() ? facts.model : std::string_view(response.model));
  std::int64_t input = response.usage ? response.usage->all_input().count : 0;
  writer.key("usage").begin_object().member("prompt_tokens", input).member("total_tokens", input).end_object().end_object();
}

}  // namespace tollgate::openai_chat
