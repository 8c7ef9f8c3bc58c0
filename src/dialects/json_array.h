#pragma once
// JsonArrayFramer: bytes of one long JSON array in, its elements out, whatever the chunks were. Gemini streams so without alt=sse
// (quirk 72). It does no I/O.
//
// It has the shape of SseFramer (sse.h) and gives the same frames: `data` and `block` are the element, byte for byte without the white
// space around it. An object alone, in place of the array, is one element: an error may come so. Elements are found by their
// brackets and quotes only; what is in them is the reader's to judge. When an element lies wholly inside the fed bytes the views
// are of those, else of a buffer that the framer keeps. No byte is looked at twice.
//
//   framer.feed(bytes);              // the bytes must stay where they are until next() has said false
//   while (framer.next(frame)) …     // the frame's views live until the next call of next() or feed()
//   if (framer.failure()) …          // too large an element, or no array at all; nothing more comes out
//   framer.finish();                 // the stream ended: one more next() may give an element that was cut, marked

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "dialects/frame.h"

namespace tollgate {

class JsonArrayFramer {
 public:
  explicit JsonArrayFramer(std::size_t max_element_bytes = default_max_event_bytes) : max_element_bytes_(max_element_bytes) {}

  // REQUIRES: next() has said false since the last feed.
  void feed(std::string_view bytes);
  bool next(Frame& out);
  // No more bytes will come. REQUIRES: next() has said false since the last feed.
  void finish();

  // The closing bracket, or the end of a lone object, came.
  bool closed() const { return at_ == At::after; }
  std::optional<Error> failure() const;

 private:
  enum class At : unsigned char { before, between, element, after };
  enum class Trouble : unsigned char { none, too_large, no_array };

  bool take_outside(char c);
  bool take_inside();
  bool take_string();
  bool end_element(std::size_t end);
  void keep_begun();
  void give(Frame& out, bool terminated);

  std::size_t max_element_bytes_;
  std::string_view input_;
  std::size_t read_ = 0;
  std::size_t start_ = 0;   // of the element in input_, unless something of it is in buffer_
  std::string buffer_;      // the begun element, when it came in several chunks
  std::string_view whole_;  // the element to give
  std::size_t depth_ = 0;   // of brackets inside the element
  At at_ = At::before;
  Trouble trouble_ = Trouble::none;
  bool alone_ = false;      // no array around it
  bool in_string_ = false;
  bool escaped_ = false;
  bool given_ = false;
  bool finished_ = false;
};

// An element as it stands in a stream that we write: the opening bracket or the comma before it is Google's own, "[{…}\n,\n{…}]".
enum class ElementPlace : unsigned char { first, later };
void append_array_element(std::string& out, std::string_view element, ElementPlace place);
constexpr std::string_view array_end = "]";

}  // namespace tollgate
