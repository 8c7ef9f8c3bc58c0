#include "dialects/dialect.h"

#include "json/write.h"

namespace tollgate {
namespace {

std::unexpected<Error> no_words(std::string_view what) {
  return fail({.fault = Fault::invalid_request,
               .retry = Retry::next_target,
               .detail = "the model at hand does not serve " + std::string(what),
               .param = "model",
               .code = "unsupported_operation"});
}

}  // namespace

Result<EmbeddingRequest> Dialect::read_embedding_request(const CallView&) const { return no_words("embeddings"); }
Result<WrittenRequest> Dialect::write_embedding_request(const EmbeddingRequest&, const TargetWays&) const {
  return no_words("embeddings");
}
Result<EmbeddingResponse> Dialect::read_embedding_response(std::string_view) const { return no_words("embeddings"); }
void Dialect::write_embedding_response(const EmbeddingResponse&, const EmbeddingRequest&, const AnswerFacts&,
                                       std::string&) const {}
Result<RerankRequest> Dialect::read_rerank_request(const CallView&) const { return no_words("rerank"); }
Result<WrittenRequest> Dialect::write_rerank_request(const RerankRequest&, const TargetWays&) const {
  return no_words("rerank");
}
Result<RerankResponse> Dialect::read_rerank_response(std::string_view) const { return no_words("rerank"); }
void Dialect::write_rerank_response(const RerankResponse&, const RerankRequest&, const AnswerFacts&, std::string&) const {}


void Dialect::write_model_list(std::span<const std::string_view> names, std::string& out) const {
  json::Writer writer(out);
  writer.begin_object().key("models").begin_array();
  for (std::string_view name : names) writer.begin_object().member("name", name).end_object();
  writer.end_array().end_object();
}

void Dialect::write_token_count(Tokens input, std::string& out) const {
  json::Writer(out).begin_object().member("input_tokens", input.count).end_object();
}

}  // namespace tollgate
