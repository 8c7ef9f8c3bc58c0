#pragma once
// A wire language: bytes on one side, the middle form of domain/ on the other. One folder of dialects/ each, listed in all.cpp.
//
// A dialect serves two ends. In front it understands what callers send and speaks answers and errors to them; behind it writes to
// a provider and understands what comes back. Where both ends speak the same one, the gateway passes the bytes and the middle form
// is not built: then only `view`, `edits` and the readers are used.
//
// Everything is a pure function of its arguments; readers and writers of streams hold the state of one stream. Nothing does I/O.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "dialects/call_view.h"
#include "dialects/frame.h"
#include "dialects/max_output.h"
#include "dialects/retry_after.h"
#include "domain/chat_request.h"
#include "domain/chat_response.h"
#include "domain/embedding.h"
#include "domain/stream_event.h"

namespace tollgate {

// What a writer of requests must know of its target beyond the dialect.
struct TargetWays {
  std::string_view model;              // the provider's own name for it
  std::string_view family{};           // whose signed reasoning it takes back: "openai", "anthropic", "gemini"; empty: nobody's
  std::int64_t default_max_output = 4096;  // where the dialect requires a maximum and the caller gave none
  bool ask_usage = true;               // understands `stream_options.include_usage`
  bool legacy_max_tokens = false;      // takes `max_tokens` only
  bool system_only = false;            // knows no role `developer`
};

// A request as it goes upstream.
struct WrittenRequest {
  std::string path{};                 // behind the base URL, with a query if there is one
  std::string body{};
  std::vector<std::string> dropped{}; // what the dialect cannot say, in the middle form's words: "seed", "logit_bias"
};

// What came of a complete refusal: any status but 2xx. `error_type` is the value of x-amzn-errortype where there is one.
struct Refused {
  int status = 0;
  std::string_view body{};
  std::string_view error_type{};
  RetryHints hints{};
};

// Reads a stream, frame by frame.
class EventReader {
 public:
  virtual ~EventReader() = default;
  // Appends what the frame says. After a StreamFailed or StreamEnd nothing more is appended.
  virtual void read(const Frame& frame, std::vector<StreamEvent>& out) = 0;
  // The bytes are over: appends what is still due (BlockEnds, ChoiceEnds, StreamEnd) when the answer is whole; else returns the
  // error to tell (upstream_truncated).
  virtual std::optional<Error> end(std::vector<StreamEvent>& out) = 0;
};

// Writes a stream: appends to `out` the bytes that an event is in this dialect, framing included.
class EventWriter {
 public:
  virtual ~EventWriter() = default;
  // A StreamEnd writes the terminal event; a StreamFailed the dialect's error event, and no success end.
  virtual void write(const StreamEvent& event, std::string& out) = 0;
};

// Who an answer says that it is from, and what its stream's caller asked for.
struct AnswerFacts {
  RequestId id;
  std::string_view model;      // the name that the caller asked for
  std::int64_t now = 0;        // seconds since 1970
  bool include_usage = false;  // the caller of the stream wants its usage (OpenAI chat)
  const ChatRequest* request = nullptr;  // never null where a chat is answered; for dialects that repeat the question
  std::string_view previous_id{};        // of the stored answer that it continues (Responses)
  bool stored = false;                   // the gateway keeps it for the caller
};

class Dialect {
 public:
  virtual ~Dialect() = default;
  virtual std::string_view name() const = 0;     // of its folder: openai_chat
  virtual Framing framing() const = 0;           // of its streams

  // In front: what the gateway must know of a call before anything else. Errors: invalid_request with `param`.
  virtual Result<CallView> view(const IncomingCall& call) const = 0;

  // Where a chat call says the most that its answer may have. `ways` are those of a target that speaks the same dialect.
  virtual MaxOutputField max_output_field(Operation, const TargetWays&) const { return {.name = "max_tokens"}; }

  // The middle form of a chat call. Errors: invalid_request.
  virtual Result<ChatRequest> read_request(const CallView& view) const = 0;
  // Behind: writes it for a target. Errors: invalid_request, when the target cannot do what was asked at all.
  virtual Result<WrittenRequest> write_request(const ChatRequest& request, const TargetWays& ways) const = 0;

  // A whole answer. Errors: upstream_protocol, or the error that an answer of status 200 holds.
  virtual Result<ChatResponse> read_response(std::string_view body) const = 0;
  virtual void write_response(const ChatResponse& response, const AnswerFacts& facts, std::string& out) const = 0;

  virtual std::unique_ptr<EventReader> event_reader() const = 0;
  virtual std::unique_ptr<EventWriter> event_writer(const AnswerFacts& facts) const = 0;

  // Behind: whether a model goes on with what an assistant said last, instead of answering anew.
  virtual bool goes_on_with_text() const { return false; }

  // The path of a call that passes, behind the base URL.
  virtual std::string path(const CallView& call, std::string_view model) const = 0;

  // Calls beside chat. A dialect that has no words for one says invalid_request.
  virtual Result<EmbeddingRequest> read_embedding_request(const CallView& view) const;
  virtual Result<WrittenRequest> write_embedding_request(const EmbeddingRequest& request, const TargetWays& ways) const;
  virtual Result<EmbeddingResponse> read_embedding_response(std::string_view body) const;
  virtual void write_embedding_response(const EmbeddingResponse& response, const EmbeddingRequest& request,
                                        const AnswerFacts& facts, std::string& out) const;
  virtual Result<RerankRequest> read_rerank_request(const CallView& view) const;
  virtual Result<WrittenRequest> write_rerank_request(const RerankRequest& request, const TargetWays& ways) const;
  virtual Result<RerankResponse> read_rerank_response(std::string_view body) const;
  virtual void write_rerank_response(const RerankResponse& response, const RerankRequest& request, const AnswerFacts& facts,
                                     std::string& out) const;

  // The list of models that a caller may ask for.
  virtual void write_model_list(std::span<const std::string_view> names, std::string& out) const;
  // The answer to a question for the number of input tokens.
  virtual void write_token_count(Tokens input, std::string& out) const;

  virtual Error read_refusal(const Refused& refused, WallTime now) const = 0;
  // The body of an error answer.
  virtual void write_error(const Error& error, RequestId id, std::string& out) const = 0;
  // The status of an error answer where the dialect has its own; 0: the usual one.
  virtual int error_status(const Error&) const { return 0; }
  // The header x-amzn-errortype of an error answer; empty: it has none.
  virtual std::string_view error_type(const Error&) const { return {}; }
};

}  // namespace tollgate
