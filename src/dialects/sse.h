#pragma once
// SseFramer: bytes of a server-sent event stream in, whole events out, whatever the chunks were. It does no I/O and is
// the only framer of the product.
//
// Each event carries the fields that we read and `block`, the event as it may be forwarded: its own field lines byte
// for byte, every line end a LF, ending in one blank line; the byte order mark and comments are gone, unknown fields
// stay. When an event lies wholly inside the fed bytes, uses LF and holds no comment, `block` and `data` are views of
// the fed bytes; else they are views of a buffer that the framer keeps. No byte is looked at twice, however small the
// chunks.
//
//   framer.feed(bytes);              // the bytes must stay where they are until next() has said false
//   while (framer.next(event)) …     // the event's views live until the next call of next() or feed()
//   if (framer.failure()) …          // an event is larger than the bound; nothing more comes out
//   framer.finish();                 // the stream ended: one more next() may give an event that lacked its blank line
//
// The rules are those of WHATWG HTML, section 9.2.6 "Interpreting an event stream", as far as the shared cases state
// them. We differ on purpose: an event without data is given out too (some providers put errors into a field of their
// own), and so is the last one without its blank line, marked.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace tollgate {

struct SseEvent {
  std::string_view name;         // of the last `event` field; empty: none, which means "message"
  std::string_view data;         // the `data` lines joined by LF
  std::string_view error_field;  // of the last field named `error` (GPUStack, quirk 21); empty: none
  std::string_view block;        // what may be forwarded
  bool has_data = false;         // at least one `data` line; the standard dispatches only these
  bool terminated = true;        // its blank line came; false only for the last event of a stream that was cut
};

constexpr std::size_t default_max_event_bytes = 1 << 20;

class SseFramer {
 public:
  explicit SseFramer(std::size_t max_event_bytes = default_max_event_bytes) : max_event_bytes_(max_event_bytes) {}
  // With a text's memory for events that come in pieces; take_memory gives it back when the stream is over.
  explicit SseFramer(std::string memory) : SseFramer() {
    buffer_ = std::move(memory);
    buffer_.clear();
  }
  std::string take_memory() { return std::move(buffer_); }

  // REQUIRES: next() has said false since the last feed.
  void feed(std::string_view bytes);
  bool next(SseEvent& out);
  // No more bytes will come. REQUIRES: next() has said false since the last feed.
  void finish();

  std::optional<Error> failure() const;

 private:
  // Where something lies in the clean block, so that it survives the move from the fed bytes to the buffer.
  struct Extent {
    std::size_t offset = 0;
    std::size_t length = 0;
  };

  std::string_view clean() const { return copied_ ? std::string_view(buffer_) : input_.substr(start_, length_); }
  std::string_view at(Extent extent) const { return clean().substr(extent.offset, extent.length); }
  bool at_line_start() const { return line_ == 0; }
  void begin_event();
  void skip_mark();
  void skip_line_feed();
  bool skip_comments();
  void copy_block(std::size_t clean_bytes);
  void take_line(std::size_t end);
  bool end_event(bool line_feed);
  bool end_unfinished_event();
  void read_field(Extent line);
  void read_data(Extent value);
  void keep_partial_line();
  void give(SseEvent& out, std::string_view block, bool terminated);

  std::size_t max_event_bytes_;
  std::string_view input_;
  std::size_t read_ = 0;    // everything of input_ before it is in the block, or dropped
  std::size_t start_ = 0;   // of the block in input_, unless copied_
  std::size_t length_ = 0;  // of the block's complete lines, with their LF
  std::size_t line_ = 0;    // bytes of the line begun that lie in buffer_ already
  std::string buffer_;      // the block, when copied_
  std::string joined_;      // the data, when it has several lines
  Extent name_, error_, data_;
  std::size_t data_lines_ = 0;
  std::size_t mark_bytes_ = 0;  // of the byte order mark, seen so far
  bool mark_over_ = false;      // a mark can no longer come
  bool copied_ = false;
  bool given_ = false;       // the current event was given out; the next call begins a new one
  bool in_comment_ = false;  // the rest of the line is dropped
  bool after_cr_ = false;    // a LF that comes first belongs to the line before
  bool finished_ = false;
  bool too_large_ = false;
};

}  // namespace tollgate
