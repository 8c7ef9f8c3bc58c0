#pragma once
// One client of the provider: reads requests strictly, one after another, has each answered, and ends the connection as
// the answer's rule wants it. An idle connection holds no input buffer.

#include <memory>

#include "async/list.h"
#include "mock/player.h"
#include "net/buffer.h"
#include "net/http1/body.h"
#include "net/http1/head.h"

namespace tollgate::mock {

constexpr std::size_t max_request_body = 64 * 1024 * 1024;

class Connection {
 public:
  // The desk outlives the connection.
  Connection(Desk& desk, std::unique_ptr<ByteStream> stream);

  Task<void> run();

  Cancellation& gone() { return gone_; }
  ListNode in_provider;

 private:
  enum class Read : std::uint8_t { whole, closed };

  Task<bool> await_first_byte();
  Task<Read> read_request(http::RequestHead& head);
  Task<Read> read_head(http::RequestHead& head);
  Task<Read> read_body(const http::RequestHead& head);
  Task<bool> read_more_body(http::BodyReader& reader);
  Task<std::size_t> read_into(std::span<char> room);
  Task<void> refuse(int status, std::string_view what);
  Task<void> linger();
  std::string_view unread() const { return {buffer_.data() + begin_, end_ - begin_}; }

  Desk& desk_;
  std::unique_ptr<ByteStream> stream_;
  Cancellation gone_;
  Player player_;
  Buffer buffer_;  // what came and was not yet taken: [begin_, end_)
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  Instant read_until_{};
  Buffer input_;  // what came behind a gathered body, for the next request: [input_begin_, input_end_)
  std::size_t input_begin_ = 0;
  std::size_t input_end_ = 0;
  std::string gathered_;  // a body that did not come together with its head
  std::string_view body_;
};

}  // namespace tollgate::mock
