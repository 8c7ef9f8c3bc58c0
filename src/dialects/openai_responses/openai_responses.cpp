#include "dialects/openai_responses/openai_responses.h"

#include "dialects/openai_errors.h"
#include "dialects/openai_responses/event_reader.h"
#include "dialects/openai_responses/event_writer.h"
#include "dialects/openai_responses/request_reader.h"
#include "dialects/openai_responses/request_view.h"
#include "dialects/openai_responses/request_writer.h"
#include "dialects/openai_responses/response.h"

namespace tollgate::openai_responses {
namespace {

class OpenAiResponses final : public Dialect {
 public:
  std::string_view name() const override { return "openai_responses"; }
  Framing framing() const override { return Framing::sse; }

  Result<CallView> view(const IncomingCall& call) const override { return view_call(call); }
  MaxOutputField max_output_field(Operation, const TargetWays&) const override { return {.name = "max_output_tokens"}; }
  Result<ChatRequest> read_request(const CallView& view) const override { return read_chat_request(view); }
  Result<WrittenRequest> write_request(const ChatRequest& request, const TargetWays& ways) const override {
    return write_chat_request(request, ways);
  }
  Result<ChatResponse> read_response(std::string_view body) const override { return read_chat_response(body); }
  void write_response(const ChatResponse& response, const AnswerFacts& facts, std::string& out) const override {
    write_chat_response(response, facts, out);
  }
  std::unique_ptr<EventReader> event_reader() const override { return std::make_unique<ResponseEventReader>(); }
  std::unique_ptr<EventWriter> event_writer(const AnswerFacts& facts) const override {
    return std::make_unique<ResponseEventWriter>(facts);
  }
  std::string path(const CallView& call, std::string_view) const override {
    return call.operation == Operation::count_tokens ? "/responses/input_tokens" : "/responses";
  }
  void write_token_count(Tokens input, std::string& out) const override {
    json::Writer(out).begin_object().member("object", "response.input_tokens").member("input_tokens", input.count).end_object();
  }
  Error read_refusal(const Refused& refused, WallTime now) const override { 
    return openai::read_refusal({.status = refused.status, .body = refused.body, .hints = refused.hints}, now);
  }
  void write_error(const Error& error, RequestId, std::string& out) const override { openai::append_error(out, error); }
};

}  // namespace

const Dialect& dialect() {
  static const OpenAiResponses only;
  return only;
}

}  // namespace tollgate::openai_responses
