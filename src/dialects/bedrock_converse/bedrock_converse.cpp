#include "dialects/bedrock_converse/bedrock_converse.h"

#include "dialects/bedrock_converse/embedding.h"
#include "dialects/bedrock_converse/errors.h"
#include "dialects/bedrock_converse/event_reader.h"
#include "dialects/bedrock_converse/event_writer.h"
#include "dialects/bedrock_converse/request.h"
#include "dialects/bedrock_converse/request_view.h"
#include "dialects/bedrock_converse/response.h"

namespace tollgate::bedrock_converse {
namespace {

class BedrockConverse final : public Dialect {
 public:
  std::string_view name() const override { return "bedrock_converse"; }
  Framing framing() const override { return Framing::aws_event_stream; }

  Result<CallView> view(const IncomingCall& call) const override { return view_call(call); }
  MaxOutputField max_output_field(Operation, const TargetWays&) const override { return {.parent = "inferenceConfig", .name = "maxTokens"}; }
  Result<ChatRequest> read_request(const CallView& view) const override { return read_chat_request(view); }
  Result<WrittenRequest> write_request(const ChatRequest& request, const TargetWays& ways) const override {
    return write_chat_request(request, ways);
  }
  Result<ChatResponse> read_response(std::string_view body) const override { return read_chat_response(body); }
  void write_response(const ChatResponse& response, const AnswerFacts&, std::string& out) const override {
    write_chat_response(response, out);
  }
  std::unique_ptr<EventReader> event_reader() const override { return std::make_unique<ConverseEventReader>(); }
  std::unique_ptr<EventWriter> event_writer(const AnswerFacts&) const override { return std::make_unique<ConverseEventWriter>(); }
  bool goes_on_with_text() const override { return true; }
  std::string path(const CallView& call, std::string_view model) const override { return path_of(model, call.stream); }

  Result<WrittenRequest> write_embedding_request(const EmbeddingRequest& request, const TargetWays& ways) const override {
    return write_embedding(request, ways);
  }
  Result<EmbeddingResponse> read_embedding_response(std::string_view body) const override { return read_embeddings(body); }

  Error read_refusal(const Refused& refused, WallTime now) const override { return bedrock_converse::read_refusal(refused, now); }
  void write_error(const Error& error, RequestId, std::string& out) const override { append_error(out, error); }
  std::string_view error_type(const Error& error) const override { return type_of(error); }
};

}  // namespace

const Dialect& dialect() {
  static const BedrockConverse only;
  return only;
}

}  // namespace tollgate::bedrock_converse
