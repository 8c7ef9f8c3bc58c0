#include "dialects/anthropic_messages/anthropic_messages.h"

#include "dialects/anthropic_messages/errors.h"
#include "dialects/anthropic_messages/event_reader.h"
#include "dialects/anthropic_messages/event_writer.h"
#include "dialects/anthropic_messages/lists.h"
#include "dialects/anthropic_messages/request_reader.h"
#include "dialects/anthropic_messages/request_view.h"
#include "dialects/anthropic_messages/request_writer.h"
#include "dialects/anthropic_messages/response.h"

namespace tollgate::anthropic_messages {
namespace {

constexpr int overloaded_status = 529;

class AnthropicMessages final : public Dialect {
 public:
  std::string_view name() const override { return "anthropic_messages"; }
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
  std::unique_ptr<EventReader> event_reader() const override { return std::make_unique<MessageEventReader>(); }
  std::unique_ptr<EventWriter> event_writer(const AnswerFacts& facts) const override {
    return std::make_unique<MessageEventWriter>(facts);
  }
  bool goes_on_with_text() const override { return true; }
  std::string path(const CallView& call, std::string_view) const override {
    return call.operation == Operation::count_tokens ? "/v1/messages/count_tokens" : "/v1/messages";
  }
  void write_model_list(std::span<const std::string_view> names, std::string& out) const override {
    append_model_list(out, names);
  }
  Error read_refusal(const Refused& refused, WallTime now) const override {
    return anthropic_messages::read_refusal(refused, now);
  }
  void write_error(const Error& error, RequestId id, std::string& out) const override { append_error(out, error, id); }
  int error_status(const Error& error) const override { return error.fault == Fault::upstream_overloaded ? overloaded_status : 0; }
};

}  // namespace

const Dialect& dialect() {
  static const AnthropicMessages only;
  return only;
}

}  // namespace tollgate::anthropic_messages
