#include "net/http1/chunked.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include "net/http1/chars.h"

namespace tollgate::http {
namespace {

constexpr int size_digits_max = 16;

}  // namespace

BodyStep ChunkedDecoder::feed(std::string_view input) {
  for (std::size_t i = 0; i < input.size(); ++i) {
    if (done() || failed()) return {.taken = i};
    if (state_ == State::data) {
      std::string_view payload = input.substr(i, std::min<std::uint64_t>(left_, input.size() - i));
      left_ -= payload.size();
      if (left_ == 0) state_ = State::data_cr;
      return {.taken = i + payload.size(), .payload = payload};
    }
    take(input[i]);
  }
  return {.taken = input.size()};
}

void ChunkedDecoder::take(char c) {
  switch (state_) {
    case State::size_first:
    case State::size: return take_size(c);
    case State::size_lf:
      return expect(c, '\n', left_ > 0 ? State::data : State::trailer_first, "chunk size without LF");
    case State::data_cr: return expect(c, '\r', State::data_lf, "chunk longer than its size");
    case State::data_lf: return expect(c, '\n', State::size_first, "chunk without LF");
    case State::trailer_first:
    case State::trailer_name:
    case State::trailer_value:
    case State::trailer_lf: return take_trailer(c);
    case State::end_lf: return expect(c, '\n', State::done, "end of body without LF");
    case State::data:
    case State::done:
    case State::failed: return;
    default: return take_extension(c);
  }
}

void ChunkedDecoder::take_size(char c) {
  int digit = hex_digit(c);
  if (state_ == State::size_first) {
    if (digit < 0) return fail("chunk size is not a hexadecimal number");
    left_ = 0;
    digits_ = 0;
    extension_bytes_ = 0;
    state_ = State::size;
  }
  if (digit < 0) return end_of_part(c);
  if (++digits_ > size_digits_max) return fail("chunk size too large");
  left_ = left_ << 4 | static_cast<std::uint64_t>(digit);
}

// chunk-ext = *( ";" name [ "=" ( token / quoted-string ) ] )
void ChunkedDecoder::take_extension(char c) {
  if (++extension_bytes_ > chunk_extension_bytes_max || ++extension_bytes_total_ > chunk_extension_bytes_total_max)
    return fail("chunk extension too long");
  bool token = is_token_byte(c);
  switch (state_) {
    case State::extension_name_first:
      if (!token) return fail("bad chunk extension");
      state_ = State::extension_name;
      return;
    case State::extension_name:
      if (c == '=') state_ = State::extension_value_first;
      else if (!token) end_of_part(c);
      return;
    case State::extension_value_first:
      if (!token && c != '"') return fail("bad chunk extension");
      state_ = token ? State::extension_value : State::extension_quoted;
      return;
    case State::extension_value:
      if (!token) end_of_part(c);
      return;
    case State::extension_quoted:
      if (!is_value_byte(c)) return fail("control byte in a chunk extension");
      if (c == '\\') state_ = State::extension_escape;
      if (c == '"') state_ = State::extension_after_quote;
      return;
    case State::extension_escape:
      if (!is_value_byte(c)) return fail("control byte in a chunk extension");
      state_ = State::extension_quoted;
      return;
    default: return end_of_part(c);
  }
}

void ChunkedDecoder::take_trailer(char c) {
  if (++trailer_bytes_ > trailer_bytes_max) return fail("trailers too long");
  switch (state_) {
    case State::trailer_first:
      if (c == '\r') {
        state_ = State::end_lf;
        return;
      }
      if (!is_token_byte(c)) return fail("bad trailer name");
      if (++trailers_ > trailer_count_max) return fail("too many trailers");
      state_ = State::trailer_name;
      return;
    case State::trailer_name:
      if (c == ':') state_ = State::trailer_value;
      else if (!is_token_byte(c)) fail("bad trailer name");
      return;
    case State::trailer_value:
      if (c == '\r') state_ = State::trailer_lf;
      else if (!is_value_byte(c)) fail("control byte in a trailer");
      return;
    default: return expect(c, '\n', State::trailer_first, "trailer without LF");
  }
}

// What may follow a size, an extension name or an extension value.
void ChunkedDecoder::end_of_part(char c) {
  if (c == '\r') state_ = State::size_lf;
  else if (c == ';') state_ = State::extension_name_first;
  else fail("bad byte after a chunk size");
}

void ChunkedDecoder::expect(char c, char wanted, State next, std::string_view otherwise) {
  if (c != wanted) return fail(otherwise);
  state_ = next;
}

void ChunkedDecoder::fail(std::string_view what) {
  state_ = State::failed;
  what_ = what;
}

std::size_t write_chunk_head(std::span<char, chunk_head_bytes_max> out, std::uint64_t size) {
  assert(size > 0);
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::size_t count = (static_cast<std::size_t>(std::bit_width(size)) + 3) / 4;
  for (std::size_t i = count; i-- > 0; size >>= 4) out[i] = digits[size & 15];
  out[count] = '\r';
  out[count + 1] = '\n';
  return count + 2;
}

}  // namespace tollgate::http
