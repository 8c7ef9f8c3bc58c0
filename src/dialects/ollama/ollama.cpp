#include "dialects/ollama/ollama.h"

#include "dialects/ollama/answer.h"
#include "dialects/ollama/embedding.h"
#include "dialects/ollama/event_reader.h"
#include "dialects/ollama/event_writer.h"
#include "dialects/ollama/request_reader.h"
#include "dialects/ollama/request_view.h"
#include "dialects/ollama/request_writer.h"
#include "dialects/openai_errors.h"

namespace tollgate::ollama {
namespace {

class Ollama final : public Dialect {
 public:
  std::string_view name() const override { return "ollama"; }
  Framing framing() const override { return Framing::ndjson; }

  Result<CallView> view(const IncomingCall& call) const override { return view_call(call); }
  MaxOutputField max_output_field(Operation, const TargetWays&) const override { return {.parent = "options", .name = "num_predict"}; }
  Result<ChatRequest> read_request(const CallView& view) const override { return read_chat_request(view); }
  Result<WrittenRequest> write_request(const ChatRequest& request, const TargetWays& ways) const override {
    return write_chat_request(request, ways);
  }
  Result<ChatResponse> read_response(std::string_view body) const override { return read_chat_response(body); }
  void write_response(const ChatResponse& response, const AnswerFacts& facts, std::string& out) const override {
    write_chat_response(response, facts, out);
  }
  std::unique_ptr<EventReader> event_reader() const override { return std::make_unique<LineReader>(); }
  std::unique_ptr<EventWriter> event_writer(const AnswerFacts& facts) const override { return std::make_unique<LineWriter>(facts); }
  bool goes_on_with_text() const override { return true; }
  std::string path(const CallView& call, std::string_view) const override {
    if (call.operation == Operation::embeddings) return "/api/embed";
    return call.operation == Operation::completions ? "/api/generate" : "/api/chat";
  }

  Result<EmbeddingRequest> read_embedding_request(const CallView& view) const override { return read_embedding(view); }
  Result<WrittenRequest> write_embedding_request(const EmbeddingRequest& request, const TargetWays& ways) const override {
    return write_embedding(request, ways);
  }
  Result<EmbeddingResponse> read_embedding_response(std::string_view body) const override { return read_embeddings(body); }
  void write_embedding_response(const EmbeddingResponse& response, const EmbeddingRequest&, const AnswerFacts& facts,
                                std::string& out) const override {
    write_embeddings(response, facts, out);
  }

  void write_model_list(std::span<const std::string_view> names, std::string& out) const override {
    json::Writer writer(out);
    writer.begin_object().key("models").begin_array();
    for (std::string_view name : names) {
      writer.begin_object().member("name", name).member("model", name).member("modified_at", rfc3339(WallTime{})).member("size", 0);
      writer.member("digest", "").key("details").begin_object().end_object().end_object();
    }
    writer.end_array().end_object();
  }
  Error read_refusal(const Refused& refused, WallTime now) const override {
    return openai::read_refusal({.status = refused.status, .body = refused.body, .hints = refused.hints}, now);
  }
  void write_error(const Error& error, RequestId, std::string& out) const override {
    json::Writer writer(out);
    writer.begin_object().member("error", error.detail.empty() ? error.client_code() : std::string_view(error.detail));
    writer.member("code", error.client_code());
    if (!error.param.empty()) writer.member("param", error.param);
    writer.end_object();
  }
};

}  // namespace

const Dialect& dialect() {
  static const Ollama only;
  return only;
}

}  // namespace tollgate::ollama
