#pragma once
// The chunked transfer coding, strictly (RFC 9112 7.1): a decoder that hands out the payload where it lies, and what a
// writer needs.
//
// Sizes are 1 to 16 hexadecimal digits and nothing else; extensions must follow the grammar without optional blanks,
// and are dropped; lines end with CRLF; trailers are checked like header fields, and dropped, whatever they claim to
// be.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tollgate::http {

constexpr std::size_t chunk_extension_bytes_max = 1024;              // of one chunk
constexpr std::size_t chunk_extension_bytes_total_max = 16 * 1024;   // of one body
constexpr std::size_t trailer_bytes_max = 8 * 1024;
constexpr std::size_t trailer_count_max = 32;

// What one look at the input gave: `payload` lies inside the first `taken` bytes of it.
struct BodyStep {
  std::size_t taken = 0;
  std::string_view payload{};
};

class ChunkedDecoder {
 public:
  // Takes input up to the end of the next run of payload, or all of it. Feed the rest again until it is empty, done or
  // failed; a call with input always takes some unless one of these holds. When done, the rest belongs to the next
  // message.
  BodyStep feed(std::string_view input);

  bool done() const { return state_ == State::done; }
  bool failed() const { return state_ == State::failed; }
  std::string_view what() const { return what_; }  // of a failure; static text
  // Payload bytes of the current chunk that have not come yet.
  std::uint64_t chunk_left() const { return left_; }

 private:
  enum class State : std::uint8_t {
    size_first, size,
    extension_name_first, extension_name, extension_value_first, extension_value,
    extension_quoted, extension_escape, extension_after_quote,
    size_lf,
    data, data_cr, data_lf,
    trailer_first, trailer_name, trailer_value, trailer_lf, end_lf,
    done, failed,
  };

  void take(char c);
  void take_size(char c);
  void take_extension(char c);
  void take_trailer(char c);
  void end_of_part(char c);
  void expect(char c, char wanted, State next, std::string_view otherwise);
  void fail(std::string_view what);

  State state_ = State::size_first;
  std::uint8_t digits_ = 0;
  std::uint16_t trailers_ = 0;
  std::uint32_t extension_bytes_ = 0, extension_bytes_total_ = 0, trailer_bytes_ = 0;
  std::uint64_t left_ = 0;
  std::string_view what_{};
};

// `1F4\r\n`, before `size` bytes of payload. REQUIRES: size > 0, since an empty chunk would end the body.
constexpr std::size_t chunk_head_bytes_max = 18;
std::size_t write_chunk_head(std::span<char, chunk_head_bytes_max> out, std::uint64_t size);
// After the payload of every chunk, and after all of them.
constexpr std::string_view chunk_end = "\r\n";
constexpr std::string_view last_chunk = "0\r\n\r\n";

}  // namespace tollgate::http
