#include "dialects/cohere/embedding.h"

#include "dialects/cohere/response.h"
#include "dialects/cohere/usage.h"
#include "dialects/dropped.h"
#include "dialects/fields.h"
#include "dialects/vectors.h"
#include "json/write.h"

namespace tollgate::cohere {

using json::Kind;
using json::Member;
using json::Value;

Result<EmbeddingRequest> read_embedding(const CallView& view) {
  EmbeddingRequest request{.dialect = "cohere", .model = view.model};
  Value texts = field_of(view.root, "texts");
  if (texts.is(Kind::null)) return bad_field("texts", "unsupported_parameter", "the model at hand embeds 'texts' only");
  for (const Value& text : json::Elements(texts)) request.inputs.push_back(text.string().value_or(""));
  for (const Member& member : json::Members(view.root)) {
    const Value& value = member.value;
    if (value.is(Kind::null) || member.key_is("model") || member.key_is("texts")) continue;
    if (member.key_is("input_type")) {
      request.purpose = value.string().value_or("");
    } else if (member.key_is("output_dimension")) {
      request.dimensions = value.integer();
    } else if (member.key_is("embedding_types")) {
      auto first = json::Elements(value).begin();
      std::string type = first == std::default_sentinel ? "" : first->string().value_or("");
      bool alone = first == std::default_sentinel || ++first == std::default_sentinel;
      if (!alone || (type != "float" && type != "base64"))
        return bad_field("embedding_types", "unsupported_parameter", "the model at hand gives 'float' or 'base64', one of them");
      request.encoding = type;
    } else {
      request.extras.push_back({member.key(), std::string(value.raw)});
    }
  }
  return request;
}

Result<WrittenRequest> write_embedding(const EmbeddingRequest& request, const TargetWays& ways) {
  if (!request.input_tokens.empty()) return bad_field("input", "unsupported_parameter", "the model at hand embeds texts, not token ids");
  WrittenRequest written{.path = "/v2/embed"};
  Dropped dropped;
  json::Writer out(written.body);
  out.begin_object().member("model", ways.model).key("texts").begin_array();
  for (const std::string& text : request.inputs) out.value(text);
  out.end_array().member("input_type", request.purpose.empty() ? std::string_view("search_document") : std::string_view(request.purpose));
  out.key("embedding_types").begin_array().value(request.encoding == "base64" ? "base64" : "float").end_array();
  if (request.dimensions) out.member("output_dimension", *request.dimensions);
  for (const ExtraField& extra : request.extras) {
    if (request.dialect == "cohere")
      out.key(extra.name).raw(extra.json);
    else
      dropped.add(extra.name);
  }
  out.end_object();
  dropped.add_if(!request.user.empty(), "user");
  written.dropped = dropped.take();
  return written;
}

Result<EmbeddingResponse> read_embeddings(std::string_view body) {
  TG_TRY(root, scan_answer(body));
  Value embeddings = field_of(root, "embeddings");
  Value list = embeddings.is(Kind::array) ? embeddings : field_of(embeddings, "float");
  if (list.is(Kind::null)) list = field_of(embeddings, "base64");
  // Passed answers may hold other types alone.
  bool others = embeddings.is(Kind::object) && !list.is(Kind::array);
  if (!list.is(Kind::array) && !others)
    return fail(Error{.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = "the provider's answer has no vectors"});
  EmbeddingResponse response{.model = {}, .usage = read_usage(field_of(root, "meta"))};
  for (const Value& vector : json::Elements(list)) response.vectors.emplace_back(vector.raw);
  return response;
}

void write_embeddings(const EmbeddingResponse& response, const EmbeddingRequest& request, const AnswerFacts& facts, std::string& out) {
  bool base64 = request.encoding == "base64";
  json::Writer writer(out);
  writer.begin_object().member("id", to_string(facts.id)).key("embeddings").begin_object().key(base64 ? "base64" : "float").begin_array();
  for (const std::string& vector : response.vectors) writer.raw(vector_as(vector, base64 ? VectorForm::base64 : VectorForm::numbers));
  writer.end_array().end_object().key("texts").begin_array();
  for (const std::string& text : request.inputs) writer.value(text);
  writer.end_array().key("meta").begin_object().key("api_version").begin_object().member("version", "2").end_object();
  writer.key("billed_units").begin_object().member("input_tokens", response.usage ? response.usage->all_input().count : 0);
  writer.end_object().end_object().end_object();
}

}  // namespace tollgate::cohere
