#include "dialects/gemini/gemini.h"

#include "dialects/gemini/embedding.h"
#include "dialects/gemini/errors.h"
#include "dialects/gemini/event_reader.h"
#include "dialects/gemini/event_writer.h"
#include "dialects/gemini/request_reader.h"
#include "dialects/gemini/request_view.h"
#include "dialects/gemini/request_writer.h"
#include "dialects/gemini/response_reader.h"
#include "dialects/gemini/response_writer.h"

namespace tollgate::gemini {
namespace {

class Gemini final : public Dialect {
 public:
  std::string_view name() const override { return "gemini"; }
  Framing framing() const override { return Framing::sse; }

  Result<CallView> view(const IncomingCall& call) const override { return view_call(call); }
  MaxOutputField max_output_field(Operation, const TargetWays&) const override { return {.parent = "generationConfig", .name = "maxOutputTokens"}; }
  Result<ChatRequest> read_request(const CallView& view) const override { return read_chat_request(view); }
  Result<WrittenRequest> write_request(const ChatRequest& request, const TargetWays& ways) const override {
    return write_chat_request(request, ways);
  }
  Result<ChatResponse> read_response(std::string_view body) const override { return read_chat_response(body); }
  void write_response(const ChatResponse& response, const AnswerFacts& facts, std::string& out) const override {
    append_response(out, response, facts);
  }
  std::unique_ptr<EventReader> event_reader() const override { return std::make_unique<GeminiEventReader>(); }
  std::unique_ptr<EventWriter> event_writer(const AnswerFacts& facts) const override {
    return std::make_unique<GeminiEventWriter>(Framing::sse, facts);
  }
  bool goes_on_with_text() const override { return true; }
  std::string path(const CallView& call, std::string_view model) const override {
    if (call.operation == Operation::embeddings)
      return path_of(model, form_of(call) == EmbeddingForm::batch ? "batchEmbedContents" : "embedContent");
    return path_of(model, call.stream ? "streamGenerateContent?alt=sse" : "generateContent");
  }

  Result<EmbeddingRequest> read_embedding_request(const CallView& view) const override {
    TG_TRY(request, gemini::read_embedding_request(view));
    request.batch = form_of(view) == EmbeddingForm::batch;
    return request;
  }
  Result<WrittenRequest> write_embedding_request(const EmbeddingRequest& request, const TargetWays& ways) const override {
    return gemini::write_embedding_request(request, ways);
  }
  Result<EmbeddingResponse> read_embedding_response(std::string_view body) const override {
    return gemini::read_embedding_response(body);
  }
  void write_embedding_response(const EmbeddingResponse& response, const EmbeddingRequest& request, const AnswerFacts&,
                                std::string& out) const override {
    append_embedding_response(out, response, request.batch ? EmbeddingForm::batch : EmbeddingForm::single);
  }

  void write_model_list(std::span<const std::string_view> names, std::string& out) const override {
    std::vector<ModelEntry> entries;
    for (std::string_view one : names) entries.push_back({.name = one});
    append_model_list(out, entries);
  }
  void write_token_count(Tokens input, std::string& out) const override { append_token_count(out, input); }
  Error read_refusal(const Refused& refused, WallTime now) const override { return gemini::read_refusal(refused, now); }
  void write_error(const Error& error, RequestId id, std::string& out) const override {
    append_error(out, error, id);
  }
};

}  // namespace

const Dialect& dialect() {
  static const Gemini only;
  return only;
}

std::unique_ptr<EventWriter> json_array_event_writer(const AnswerFacts& facts) {
  return std::make_unique<GeminiEventWriter>(Framing::json_array, facts);
}

}  // namespace tollgate::gemini
