#include "dialects/openai_chat/openai_chat.h"

#include "dialects/openai_chat/embedding.h"
#include "dialects/openai_errors.h"
#include "dialects/openai_media.h"
#include "dialects/openai_chat/event_reader.h"
#include "dialects/openai_chat/event_writer.h"
#include "dialects/openai_chat/models.h"
#include "dialects/openai_chat/request.h"
#include "dialects/openai_chat/request_reader.h"
#include "dialects/openai_chat/request_writer.h"
#include "dialects/openai_chat/response_reader.h"
#include "dialects/openai_chat/response_writer.h"

namespace tollgate::openai_chat {
namespace {

Endpoint endpoint_of(Operation operation) {
  if (operation == Operation::completions) return Endpoint::completions;
  return operation == Operation::embeddings ? Endpoint::embeddings : Endpoint::chat;
}

class OpenAiChat final : public Dialect {
 public:
  std::string_view name() const override { return "openai_chat"; }
  Framing framing() const override { return Framing::sse; }

  Result<CallView> view(const IncomingCall& call) const override {
    TG_TRY(request, openai_chat::read_request(endpoint_of(call.operation), call.body));
    return CallView{.operation = call.operation,
                    .body = call.body,
                    .root = request.root,
                    .model_value = request.model_value,
                    .model = std::string(request.model()),
                    .user = std::string(request.user()),
                    .stream = request.stream,
                    .include_usage = request.include_usage,
                    .has_tools = request.has_tools,
                    .max_output = request.max_output,
                    .answers = request.answers(),
                    .input_bound = request.input_bound,
                    .picture_bound = openai::max_image_tokens};
  }
  MaxOutputField max_output_field(Operation operation, const TargetWays& ways) const override {
    bool older = operation == Operation::completions || ways.legacy_max_tokens;
    return {.name = older ? "max_tokens" : "max_completion_tokens"};
  }
  Result<ChatRequest> read_request(const CallView& view) const override { return read_chat_request(view); }
  Result<WrittenRequest> write_request(const ChatRequest& request, const TargetWays& ways) const override {
    return write_chat_request(request, ways);
  }
  Result<ChatResponse> read_response(std::string_view body) const override { return read_chat_response(body); }
  void write_response(const ChatResponse& response, const AnswerFacts& facts, std::string& out) const override {
    write_chat_response(response, facts, out);
  }
  std::unique_ptr<tollgate::EventReader> event_reader() const override { return std::make_unique<ChatEventReader>(); }
  std::unique_ptr<tollgate::EventWriter> event_writer(const AnswerFacts& facts) const override {
    return std::make_unique<ChatEventWriter>(facts);
  }
  std::string path(const CallView& call, std::string_view) const override {
    return std::string(path_of(endpoint_of(call.operation)).substr(3));  // without /v1, which the base URL has
  }

  Result<EmbeddingRequest> read_embedding_request(const CallView& view) const override { return read_embedding(view); }
  Result<WrittenRequest> write_embedding_request(const EmbeddingRequest& request, const TargetWays& ways) const override {
    return write_embedding(request, ways);
  }
  Result<EmbeddingResponse> read_embedding_response(std::string_view body) const override {
    return read_embeddings(body);
  }
  void write_embedding_response(const EmbeddingResponse& response, const EmbeddingRequest& request, const AnswerFacts& facts,
                                std::string& out) const override {
    write_embeddings(response, request, facts, out);
  }

  void write_model_list(std::span<const std::string_view> names, std::string& out) const override {
    std::vector<ModelEntry> entries;
    for (std::string_view one : names) entries.push_back({.name = one});
    append_model_list(out, entries);
  }
  Error read_refusal(const Refused& refused, WallTime now) const override {
    return openai::read_refusal({.status = refused.status, .body = refused.body, .hints = refused.hints}, now);
  }
  void write_error(const Error& error, RequestId, std::string& out) const override { openai::append_error(out, error); }
};

}  // namespace

const Dialect& dialect() {
  static const OpenAiChat only;
  return only;
}

}  // namespace tollgate::openai_chat
