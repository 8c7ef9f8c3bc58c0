#include "dialects/bedrock_converse/embedding.h"

#include "dialects/bedrock_converse/request.h"
#include "dialects/dropped.h"
#include "dialects/fields.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate::bedrock_converse {
namespace {

using json::Kind;
using json::Value;

std::unexpected<Error> cannot(std::string_view what) {
  Error error = bad_field("input", "unsupported_parameter", std::string(what)).error();
  error.retry = Retry::next_target;
  return fail(std::move(error));
}

void write_titan(const EmbeddingRequest& request, json::Writer& out, Dropped& dropped) {
  out.begin_object().member("inputText", request.inputs.front());
  if (request.dimensions) out.member("dimensions", *request.dimensions);
  out.end_object();
  dropped.add_if(!request.purpose.empty(), "input_type");
}

void write_cohere(const EmbeddingRequest& request, json::Writer& out) {
  out.begin_object().key("texts").begin_array();
  for (const std::string& text : request.inputs) out.value(text);
  out.end_array().member("input_type", request.purpose.empty() ? std::string_view("search_document") : std::string_view(request.purpose));
  out.key("embedding_types").begin_array().value("float").end_array();
  if (request.dimensions) out.member("output_dimension", *request.dimensions);
  out.end_object();
}

}  // namespace

Result<WrittenRequest> write_embedding(const EmbeddingRequest& request, const TargetWays& ways) {
  if (!request.input_tokens.empty()) return cannot("the model at hand embeds texts, not token ids");
  WrittenRequest written{.path = invoke_path_of(ways.model)};
  Dropped dropped;
  json::Writer out(written.body);
  bool titan = ways.model.find("titan-embed") != std::string_view::npos;
  if (titan && request.inputs.size() != 1) return cannot("the model at hand embeds one text a call");
  if (titan)
    write_titan(request, out, dropped);
  else if (ways.model.find("cohere.embed") != std::string_view::npos)
    write_cohere(request, out);
  else
    return cannot("the model at hand makes no embeddings that are known here");
  for (const ExtraField& extra : request.extras) dropped.add(extra.name);
  dropped.add_if(!request.user.empty(), "user");
  written.dropped = dropped.take();
  return written;
}

Result<EmbeddingResponse> read_embeddings(std::string_view body) {
  auto root = json::scan(body, {.refuse_duplicates = false});
  EmbeddingResponse response;
  if (root) {
    if (Value one = field_of(*root, "embedding"); one.is(Kind::array)) response.vectors.emplace_back(one.raw);
    Value many = field_of(*root, "embeddings");
    if (many.is(Kind::object)) many = field_of(many, "float");
    for (const Value& vector : json::Elements(many)) response.vectors.emplace_back(vector.raw);
    auto tokens = field_of(*root, "inputTextTokenCount").integer();
    if (tokens && *tokens >= 0 && *tokens <= max_asked_tokens) response.usage = Usage{.input = {*tokens}};
  }
  if (response.vectors.empty())
    return fail(Error{.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = "the provider's answer has no vectors"});
  return response;
}

}  // namespace tollgate::bedrock_converse
