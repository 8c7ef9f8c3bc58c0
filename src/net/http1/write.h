#pragma once
// Writes a head, anew and from parts, into room that the caller gives. Nothing is ever passed on as it came.
//
//   HeadWriter writer(room);
//   writer.status_line(200);
//   writer.field("content-type", "application/json");
//   writer.body({.kind = BodyFraming::Kind::length, .length = answer.size()});
//   auto head = writer.finish();   // the bytes, or why there are none
//
// No part can smuggle a line: names must be tokens, values free of control bytes. The framing fields have one way in,
// `body`, which works once: a head with two framings cannot be written. The first fault sticks; nothing after it is
// written.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "net/http1/framing.h"

namespace tollgate::http {

enum class WriteFault : std::uint8_t {
  none,
  no_room,
  bad_text,     // a part has bytes that it may not have
  two_framings  // body() twice, or a framing field by field()
};

class HeadWriter {
 public:
  explicit HeadWriter(std::span<char> room) : room_(room) {}

  void request_line(std::string_view method, std::string_view target);  // HTTP/1.1
  void status_line(int status, std::string_view reason);                // HTTP/1.1
  void status_line(int status);                                         // with the usual reason
  void field(std::string_view name, std::string_view value);
  void field(std::string_view name, std::uint64_t value);
  // Writes `content-length` or `transfer-encoding: chunked`; nothing for the other kinds.
  void body(BodyFraming framing);

  // Ends the head with its empty line. The view is into the room.
  std::expected<std::string_view, WriteFault> finish();

 private:
  void refuse(WriteFault fault);
  void put(std::initializer_list<std::string_view> parts);

  std::span<char> room_;
  std::size_t used_ = 0;
  bool framed_ = false;
  WriteFault fault_ = WriteFault::none;
};

// "Not Found" of 404; empty when the status is not one we know.
std::string_view reason_phrase(int status);

}  // namespace tollgate::http
