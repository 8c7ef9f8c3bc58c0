#pragma once
// A connection's reading side for tests: feeds the codec as a server (or a client's reader) would, head, body, next
// head, and writes down what it understood, so that two ways of cutting the same bytes can be compared as text.
//
// Every piece makes a new buffer, so a view kept from an older one is found by the address sanitizer.

#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "net/http1/body.h"
#include "net/http1/head.h"

namespace tollgate::http {

inline ParseStatus parse_head(std::string_view bytes, std::size_t& resume, RequestHead& head) {
  return parse_request_head(bytes, resume, head);
}
inline ParseStatus parse_head(std::string_view bytes, std::size_t& resume, ResponseHead& head) {
  return parse_response_head(bytes, resume, "GET", head);
}
inline std::string first_words(const RequestHead& head) { return fmt::format("{} {}", head.method, head.target); }
inline std::string first_words(const ResponseHead& head) { return fmt::format("{} {}", head.status, head.reason); }

inline std::string describe(const BodyFraming& framing) {
  constexpr std::string_view kinds[] = {"none", "length", "chunked", "until_close"};
  return fmt::format("{} {}", kinds[static_cast<int>(framing.kind)], framing.length);
}

template <class Head>
class PeerForTest {
 public:
  enum class At { between, head, body };

  void feed(std::string_view piece) {
    buffer_ = std::string(buffer_ + std::string(piece));
    while (!closed && (at == At::body ? read_body() : read_head())) {
    }
  }

  void end() {
    if (closed) return;
    if (at == At::body) {
      body_.end_of_input();
      if (body_.done()) finish_message();
    }
    closed = true;
  }

  bool refused() const { return refusal.status != 0; }
  std::string text() const {
    return fmt::format("{}\nrefused {} {} at {}", fmt::join(messages, "\n"), refusal.status, refusal.what,
                       static_cast<int>(at));
  }

  std::vector<std::string> messages;  // whole ones: first words, framing, fields, body
  std::size_t heads = 0;              // accepted, final ones
  bool last_keep_alive = true;
  BodyFraming last_framing;
  Refusal refusal;
  At at = At::between;
  bool closed = false;  // by refusal, by what the head says, or by end()

 private:
  bool read_head() {
    ParseStatus parsed = parse_head(buffer_, resume_, head_);
    at = buffer_.empty() ? At::between : At::head;
    if (parsed.state == ParseState::bad) return refuse(parsed.refusal);
    if (parsed.state == ParseState::need_more) return false;
    message_ = fmt::format("{} HTTP/1.{} {} {}", first_words(head_), head_.minor_version, describe(head_.framing),
                           head_.keep_alive ? "keep-alive" : "close");
    for (Field field : head_.fields) message_ += fmt::format(" [{}={}]", field.name, field.value);
    ++heads;
    last_keep_alive = head_.keep_alive;
    last_framing = head_.framing;
    body_ = BodyReader(head_.framing);
    drop(parsed.head_bytes);
    resume_ = 0;
    at = At::body;
    return true;
  }

  bool read_body() {
    while (!body_.done() && !buffer_.empty()) {
      BodyStep step = body_.feed(buffer_);
      message_ += step.payload;
      if (body_.failed()) return refuse({400, body_.what()});
      if (step.taken == 0) return refuse({500, "no progress"});
      drop(step.taken);
    }
    if (body_.done()) finish_message();
    return body_.done();
  }

  void finish_message() {
    messages.push_back(message_);
    at = At::between;
    if (!last_keep_alive) closed = true;
  }

  bool refuse(Refusal why) {
    refusal = why;
    closed = true;
    return false;
  }

  void drop(std::size_t count) { buffer_ = std::string(buffer_, count); }

  std::string buffer_, message_;
  std::size_t resume_ = 0;
  Head head_;
  BodyReader body_;
};

template <class Head>
PeerForTest<Head> read_all(const std::vector<std::string_view>& pieces) {
  PeerForTest<Head> peer;
  for (std::string_view piece : pieces) peer.feed(piece);
  peer.end();
  return peer;
}

// The first way of cutting `bytes` that gives another result than the whole, or empty when all agree: byte by byte, and
// every split in two (of long inputs: near both ends, and some between).
template <class Head>
std::string cut_that_differs(std::string_view bytes) {
  std::string whole = read_all<Head>({bytes}).text();
  std::vector<std::string_view> singles;
  for (std::size_t i = 0; i < bytes.size(); ++i) singles.push_back(bytes.substr(i, 1));
  if (std::string got = read_all<Head>(singles).text(); got != whole)
    return fmt::format("byte by byte:\n{}\nwhole:\n{}", got, whole);
  constexpr std::size_t near_end = 512, stride = 997;
  for (std::size_t i = 1; i < bytes.size(); i += i < near_end || bytes.size() - i <= near_end + stride ? 1 : stride)
    if (std::string got = read_all<Head>({bytes.substr(0, i), bytes.substr(i)}).text(); got != whole)
      return fmt::format("cut at {}:\n{}\nwhole:\n{}", i, got, whole);
  return {};
}

}  // namespace tollgate::http
