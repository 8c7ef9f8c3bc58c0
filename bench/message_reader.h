#pragma once
// Reads one HTTP/1.1 message after another from bytes in any pieces: head, then a body by content-length or in chunks.
//
// It is for our own load generator and stub, which know both ends: it checks framing, not manners. The body is
// collected unchunked; `body()` grows while the message arrives, so that a reader of streams can look at events as they
// come.

#include <cstddef>
#include <string>
#include <string_view>

namespace tollgate::bench {

class MessageReader {
 public:
  // Takes bytes up to the end of the current message and returns how many it took. After `done()` call `next()`.
  std::size_t take(std::string_view bytes);

  bool done() const { return state_ == State::done; }
  bool bad() const { return state_ == State::bad; }
  // Nothing of a message has arrived yet.
  bool fresh() const { return state_ == State::head && head_.empty(); }
  // Head, with its empty line; whole once the body has begun.
  std::string_view head() const { return head_; }
  std::string_view body() const { return body_; }
  // Of an answer's status line; 0 for anything else.
  int status() const;
  // The peer says that it will close after this message.
  bool closes() const;

  void next();

 private:
  enum class State { head, length, chunk_size, chunk, chunk_end, trailer, done, bad };

  std::size_t take_head(std::string_view bytes);
  std::size_t take_body(std::string_view bytes, State after);
  std::size_t take_line(std::string_view bytes);
  void begin_body();
  void end_line();
  std::string_view field(std::string_view name) const;

  State state_ = State::head;
  std::string head_;
  std::string body_;
  std::string line_;      // a chunk's size line or a trailer, so far
  std::size_t left_ = 0;  // bytes of this body or chunk
};

}  // namespace tollgate::bench
