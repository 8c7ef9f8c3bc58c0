#include "dialects/cohere/cohere.h"

#include "dialects/cohere/embedding.h"
#include "dialects/cohere/event_reader.h"
#include "dialects/cohere/event_writer.h"
#include "dialects/cohere/request.h"
#include "dialects/cohere/request_view.h"
#include "dialects/cohere/rerank.h"
#include "dialects/cohere/response.h"
#include "dialects/openai_errors.h"
#include "json/write.h"

namespace tollgate::cohere {
namespace {

class Cohere final : public Dialect {
 public:
  std::string_view name() const override { return "cohere"; }
  Framing framing() const override { return Framing::sse; }

  Result<CallView> view(const IncomingCall& call) const override { return view_call(call); }
  Result<ChatRequest> read_request(const CallView& view) const override { return read_chat_request(view); }
  Result<WrittenRequest> write_request(const ChatRequest& request, const TargetWays& ways) const override {
    return write_chat_request(request, ways);
  }
  Result<ChatResponse> read_response(std::string_view body) const override { return read_chat_response(body); }
  void write_response(const ChatResponse& response, const AnswerFacts& facts, std::string& out) const override {
    write_chat_response(response, facts, out);
  }
  std::unique_ptr<EventReader> event_reader() const override { return std::make_unique<ChatEventReader>(); }
  std::unique_ptr<EventWriter> event_writer(const AnswerFacts& facts) const override { return std::make_unique<ChatEventWriter>(facts); }
  std::string path(const CallView& call, std::string_view) const override {
    if (call.operation == Operation::embeddings) return "/v2/embed";
    return call.operation == Operation::rerank ? "/v2/rerank" : "/v2/chat";
  }

  Result<EmbeddingRequest> read_embedding_request(const CallView& view) const override { return read_embedding(view); }
  Result<WrittenRequest> write_embedding_request(const EmbeddingRequest& request, const TargetWays& ways) const override {
    return write_embedding(request, ways);
  }
  Result<EmbeddingResponse> read_embedding_response(std::string_view body) const override { return read_embeddings(body); }
  void write_embedding_response(const EmbeddingResponse& response, const EmbeddingRequest& request, const AnswerFacts& facts,
                                std::string& out) const override {
    write_embeddings(response, request, facts, out);
  }
  Result<RerankRequest> read_rerank_request(const CallView& view) const override { return read_rerank(view); }
  Result<WrittenRequest> write_rerank_request(const RerankRequest& request, const TargetWays& ways) const override {
    return write_rerank(request, ways);
  }
  Result<RerankResponse> read_rerank_response(std::string_view body) const override { return read_ranks(body); }
  void write_rerank_response(const RerankResponse& response, const RerankRequest& request, const AnswerFacts& facts,
                             std::string& out) const override {
    write_ranks(response, request, facts, out);
  }

  Error read_refusal(const Refused& refused, WallTime now) const override {
    return openai::read_refusal({.status = refused.status, .body = refused.body, .hints = refused.hints}, now);
  }
  void write_error(const Error& error, RequestId id, std::string& out) const override {
    json::Writer writer(out);
    writer.begin_object();
    if (!id.empty()) writer.member("id", to_string(id));
    writer.member("message", error.detail.empty() ? error.client_code() : std::string_view(error.detail)).member("code", error.client_code());
    if (!error.param.empty()) writer.member("param", error.param);
    writer.end_object();
  }
};

}  // namespace

const Dialect& dialect() {
  static const Cohere only;
  return only;
}

}  // namespace tollgate::cohere
