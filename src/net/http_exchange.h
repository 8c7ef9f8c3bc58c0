#pragma once
// One exchange as an endpoint sees it, whatever the HTTP version: the head of the request, its body to be pulled, and exactly
// one answer. The server (http_server.h) makes it; it lives until the endpoint's `serve` returns.

#include <span>
#include <string_view>

#include "async/task.h"
#include "net/http1/head.h"
#include "ports/byte_stream.h"

namespace tollgate::http {

// Head of an answer. The fields' bytes must live until the call that takes them returns. Framing and Connection are ours.
struct AnswerHead {
  int status = 200;
  std::span<const Field> fields{};
};

using Parts = std::span<const std::string_view>;

class ServerExchange {
 public:
  virtual ~ServerExchange() = default;

  virtual const RequestHead& head() const = 0;
  virtual PeerAddress peer() const = 0;

  // Cancelled when the client leaves, or when the server stops for good. Upstream awaits carry it.
  virtual Cancellation& gone() = 0;

  // All of the request's body in one piece, valid until the exchange ends. Asks for it first where the client waits for that
  // (Expect). Errors: body_too_large, request_timeout, overloaded (out of memory for bodies), invalid_request (framing),
  // client_gone.
  virtual Task<Result<std::string_view>> whole_body(std::size_t limit) = 0;

  // Answers at once. Error: client_gone.
  virtual Task<Result<void>> answer(const AnswerHead& head, Parts body) = 0;

  // Or answers piece by piece: `start`, any number of `send`, `finish`. The head goes out with the first piece.
  // A stream that is not finished is broken off, so that the client can tell.
  virtual void start(const AnswerHead& head) = 0;
  virtual Task<Result<void>> send(Parts piece) = 0;
  virtual Task<Result<void>> finish(Parts last_piece) = 0;

  // True once any byte of an answer was handed to the connection.
  virtual bool answered() const = 0;
};

class Handler {
 public:
  virtual ~Handler() = default;
  // Serves one request and answers it.
  virtual Task<void> serve(ServerExchange& exchange) = 0;
  // The answer to what is not HTTP enough to be served. Content type application/json.
  struct RefusalAnswer {
    std::string body;
    std::string request_id;
  };
  virtual RefusalAnswer refuse(const Refusal& refusal) = 0;
};

}  // namespace tollgate::http
