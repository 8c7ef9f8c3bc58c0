#pragma once
// A client for tests: sends bytes, reads one answer as the codec understands it, and notes when each piece of its body
// came.

#include <string>
#include <vector>

#include <fmt/format.h>

#include "async/reactor.h"
#include "net/http1/body.h"
#include "net/http1/head.h"
#include "ports/byte_stream.h"

namespace tollgate::mock {

enum class Ended : std::uint8_t { whole, fin, reset, silent };  // silent: the client's patience was over

struct Answer {
  Ended ended = Ended::silent;
  int status = 0;
  std::string head, body, raw;
  std::vector<std::pair<Instant, std::string>> pieces;  // of the body
  Instant head_at{}, ended_at{};
  bool keep_alive = false;

  // The data of its events, one a line.
  std::vector<std::string> events() const {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < body.size();) {
      std::size_t end = std::min(body.find("\n\n", at), body.size());
      std::string event = body.substr(at, end - at);
      if (event.starts_with("data: ")) out.push_back(event.substr(6));
      at = end + 2;
    }
    return out;
  }
};

// Feeds what came so far; true when the answer is whole.
inline bool understand(Answer& answer, bool closed) {
  std::size_t resume = 0;
  http::ResponseHead head;
  http::ParseStatus parsed = http::parse_response_head(answer.raw, resume, "POST", head);
  if (parsed.state != http::ParseState::complete) return false;
  if (answer.status == 0) answer.head_at = Reactor::current().now();
  answer.status = head.status;
  answer.head = answer.raw.substr(0, parsed.head_bytes);
  answer.keep_alive = head.keep_alive;
  std::string before = std::move(answer.body);
  answer.body.clear();
  http::BodyReader reader(head.framing);
  std::string_view rest = std::string_view(answer.raw).substr(parsed.head_bytes);
  while (!rest.empty() && !reader.done() && !reader.failed()) {
    http::BodyStep step = reader.feed(rest);
    answer.body += step.payload;
    rest.remove_prefix(step.taken);
  }
  if (closed) reader.end_of_input();
  if (answer.body.size() > before.size())
    answer.pieces.emplace_back(Reactor::current().now(), answer.body.substr(before.size()));
  return reader.done();
}

// Reads to the end of one answer, or of the connection.
inline Task<void> read_answer(ByteStream& stream, Wait wait, Answer& answer) {
  std::string room(64 * 1024, '\0');
  for (;;) {
    auto got = co_await read_some(stream, room, wait);
    answer.ended_at = Reactor::current().now();
    if (!got) {
      answer.ended = got.error().fault == Fault::deadline ? Ended::silent : Ended::reset;
      co_return;
    }
    answer.raw.append(room, 0, *got);
    bool whole = understand(answer, *got == 0);
    if (whole || *got == 0) {
      answer.ended = whole ? Ended::whole : Ended::fin;
      co_return;
    }
  }
}

inline Task<void> ask(std::unique_ptr<ByteStream> stream, std::string request, Wait wait, Answer& answer) {
  std::array<std::string_view, 1> parts{request};
  static_cast<void>(co_await write_all(*stream, parts, wait));
  co_await read_answer(*stream, wait, answer);
}

inline std::string post(std::string_view path, std::string_view body, std::string_view more_fields = "") {
  return fmt::format(
      "POST {} HTTP/1.1\r\nhost: mock\r\nauthorization: Bearer sk-test\r\ncontent-type: application/json\r\n"
      "content-length: {}\r\n{}\r\n{}",
      path, body.size(), more_fields, body);
}

inline std::string get(std::string_view path, std::string_view method = "GET") {
  return fmt::format("{} {} HTTP/1.1\r\nhost: mock\r\nauthorization: Bearer sk-test\r\n\r\n", method, path);
}

inline std::string chat(std::string_view text, std::string_view more = "", std::string_view model = "gpt-4o") {
  return post("/v1/chat/completions",
              fmt::format(R"({{"model":"{}","messages":[{{"role":"user","content":"{}"}}]{}}})", model, text, more));
}

inline std::string streamed_chat(std::string_view text, std::string_view more = "") {
  return chat(text, fmt::format(R"(,"stream":true{})", more));
}

}  // namespace tollgate::mock
