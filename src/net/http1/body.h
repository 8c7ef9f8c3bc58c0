#pragma once
// Reads the body of a message, however it is framed, and hands out the payload where it lies.
//
//   while (!body.done() && !input.empty()) {
//     BodyStep step = body.feed(input);
//     if (body.failed()) return refuse(body.what());   // 400 to a client, 502 for an upstream; then close
//     use(step.payload);                               // may be empty
//     input.remove_prefix(step.taken);
//   }
//
// When done, what is left of the input belongs to the next message. How much a body may hold is the caller's bound.

#include <algorithm>
#include <string_view>

#include "net/http1/chunked.h"
#include "net/http1/framing.h"

namespace tollgate::http {

class BodyReader {
 public:
  BodyReader() = default;
  explicit BodyReader(BodyFraming framing) : framing_(framing), left_(framing.length) {}

  // Takes at least one byte of an input that is not empty, unless done or failed.
  BodyStep feed(std::string_view input) {
    if (done() || failed()) return {};
    if (framing_.kind == Kind::chunked) return chunked_.feed(input);
    std::string_view payload = input;
    if (framing_.kind == Kind::length) {
      payload = input.substr(0, std::min<std::uint64_t>(left_, input.size()));
      left_ -= payload.size();
    }
    return {.taken = payload.size(), .payload = payload};
  }

  // The peer has closed: the end of a body that lasts until then, the failure of any other that is not done.
  void end_of_input() { closed_ = true; }

  bool done() const {
    switch (framing_.kind) {
      case Kind::none: return true;
      case Kind::length: return left_ == 0;
      case Kind::chunked: return chunked_.done();
      case Kind::until_close: return closed_;
    }
    return true;
  }
  bool failed() const { return chunked_.failed() || (closed_ && !done()); }
  std::string_view what() const { return chunked_.failed() ? chunked_.what() : "body ends too early"; }

  const BodyFraming& framing() const { return framing_; }

 private:
  using Kind = BodyFraming::Kind;

  BodyFraming framing_;
  std::uint64_t left_ = 0;
  bool closed_ = false;
  ChunkedDecoder chunked_;
};

}  // namespace tollgate::http
