#pragma once
// One client connection and the exchange that is on it. For http_server.cpp.

#include <array>
#include <optional>

#include "net/http1/body.h"
#include "net/http_server.h"

namespace tollgate::http {

class Connection : private Served {
 public:
  Connection(Server& server, std::unique_ptr<ByteStream> stream);

  // Serves requests until either side has had enough.
  Task<void> run();

 private:
  class Exchange;
  enum class Next : std::uint8_t { request, close };

  Task<bool> await_first_byte();
  Task<Next> serve_one();
  Task<Result<std::size_t>> read_head(RequestHead& head);
  Task<void> refuse(const Refusal& refusal);
  // Closes so that the peer can still read what it was sent: tells it, then reads on for a moment.
  Task<void> linger();
  Task<Result<void>> write(Parts parts);
  std::string_view unread() const { return {buffer_.data() + begin_, end_ - begin_}; }

  Server& server_;
  std::unique_ptr<ByteStream> stream_;
  Buffer buffer_;          // what came and was not yet taken: [begin_, end_)
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

// The HTTP/1.1 form of an exchange.
class Connection::Exchange final : public ServerExchange {
 public:
  // `head` stands in the connection's buffer, whose next byte is the first of the body.
  Exchange(Connection& connection, const RequestHead& head)
      : connection_(connection), head_(head), reader_(head.framing) {}

  const RequestHead& head() const override { return head_; }
  PeerAddress peer() const override { return connection_.stream_->peer(); }
  Cancellation& gone() override { return connection_.gone; }
  Task<Result<std::string_view>> whole_body(std::size_t limit) override;
  Task<Result<void>> answer(const AnswerHead& head, Parts body) override;
  void start(const AnswerHead& head) override;
  Task<Result<void>> send(Parts piece) override;
  Task<Result<void>> finish(Parts last_piece) override;
  bool answered() const override { return phase_ != Phase::unanswered; }

  // Whether the answer is whole, and so the connection in a known state.
  bool whole() const { return phase_ == Phase::finished; }
  bool keep_alive() const { return keep_alive_; }
  // Reads away what is left of the body, within reason. False when the connection must close instead.
  Task<bool> skip_rest_of_body();

 private:
  enum class Phase : std::uint8_t { unanswered, started, streaming, finished };
  enum class Coding : std::uint8_t { chunked, until_close, none };

  Task<Result<std::string_view>> collect_length(std::size_t limit);
  Task<Result<std::string_view>> collect_chunked(std::size_t limit);
  Task<Result<std::size_t>> read_body(std::span<char> into);
  Result<void> make_room(std::size_t size, std::size_t limit);
  Result<void> append(std::string_view payload, std::size_t limit);
  std::unexpected<Error> body_is_lost(Fault fault, std::string why);
  std::string_view write_head(const AnswerHead& head, BodyFraming framing);
  Task<Result<void>> write_piece(Parts piece, bool last);

  Connection& connection_;
  const RequestHead& head_;
  BodyReader reader_;
  Buffer body_;   // a body that did not come together with its head
  Buffer input_;  // of a chunked body: what came and was not yet taken, [input_begin_, input_end_)
  std::size_t input_begin_ = 0;
  std::size_t input_end_ = 0;
  std::size_t body_size_ = 0;
  Instant body_began_{};
  std::array<char, 2048> head_room_;
  std::string_view pending_head_;
  bool body_lost_ = false;  // it was broken, too slow or too large: nothing behind it can be read
  Phase phase_ = Phase::unanswered;
  Coding coding_ = Coding::chunked;
  bool keep_alive_ = false;
};

}  // namespace tollgate::http
