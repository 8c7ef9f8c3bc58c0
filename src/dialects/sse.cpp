#include "dialects/sse.h"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace tollgate {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
// A buffer that one large event made larger than this is given back, so that an idle stream stays small.
constexpr std::size_t kept_buffer_bytes = 16 * 1024;

// The first CR or LF at or after `from`, or the end.
std::size_t find_line_end(std::string_view text, std::size_t from) {
  const char* bytes = text.data();
  std::size_t i = from;
#ifdef __SSE2__
  const __m128i line_feed = _mm_set1_epi8('\n'), carriage_return = _mm_set1_epi8('\r');
  for (; i + 16 <= text.size(); i += 16) {
    __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + i));
    __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(block, line_feed), _mm_cmpeq_epi8(block, carriage_return));
    if (int mask = _mm_movemask_epi8(hit); mask != 0)
      return i + static_cast<std::size_t>(__builtin_ctz(static_cast<unsigned>(mask)));
  }
#endif
  while (i < text.size() && bytes[i] != '\n' && bytes[i] != '\r') ++i;
  return i;
}

void empty_for_reuse(std::string& buffer) {
  if (buffer.capacity() > kept_buffer_bytes) {
    std::string().swap(buffer);
  } else {
    buffer.clear();
  }
}

}  // namespace

void SseFramer::feed(std::string_view bytes) {
  assert(read_ == input_.size() || too_large_);
  if (given_) begin_event();
  input_ = bytes;
  read_ = start_ = 0;
  if (!mark_over_) skip_mark();
}

void SseFramer::finish() {
  feed({});
  finished_ = true;
}

bool SseFramer::next(SseEvent& out) {
  if (given_) begin_event();
  while (!too_large_) {
    skip_line_feed();
    if (!skip_comments() || read_ == input_.size()) break;
    std::size_t end = find_line_end(input_, read_);
    if (end == input_.size()) break;
    bool blank = at_line_start() && end == read_, line_feed = input_[end] == '\n';
    if (!blank) {
      take_line(end);
    } else if (end_event(line_feed)) {
      give(out, copied_ ? std::string_view(buffer_) : input_.substr(start_, length_ + 1), true);
      return true;
    }
  }
  keep_partial_line();
  if (!finished_ || too_large_ || !end_unfinished_event()) return false;
  give(out, buffer_, false);
  return true;
}

std::optional<Error> SseFramer::failure() const {
  if (!too_large_) return std::nullopt;
  return Error{.fault = Fault::upstream_protocol,
               .detail = fmt::format("an event of the provider's stream is larger than {} bytes", max_event_bytes_)};
}

void SseFramer::begin_event() {
  if (copied_) empty_for_reuse(buffer_);
  if (data_lines_ > 1) empty_for_reuse(joined_);
  name_ = error_ = data_ = {};
  start_ = read_;
  length_ = line_ = data_lines_ = 0;
  copied_ = given_ = false;
}

// A mark may be cut by chunks; what looked like one and was none belongs to the first line.
void SseFramer::skip_mark() {
  while (!mark_over_ && read_ < input_.size()) {
    if (input_[read_] != byte_order_mark[mark_bytes_]) {
      mark_over_ = true;
      copied_ = mark_bytes_ > 0;
      line_ = mark_bytes_;
      buffer_.assign(byte_order_mark.substr(0, mark_bytes_));
      return;
    }
    start_ = ++read_;
    mark_over_ = ++mark_bytes_ == byte_order_mark.size();
  }
}

void SseFramer::skip_line_feed() {
  if (!after_cr_ || read_ == input_.size()) return;
  after_cr_ = false;
  if (input_[read_] != '\n') return;
  ++read_;
  if (!copied_) start_ = read_;
}

// Drops comments, however long. False when the bytes ended inside one.
bool SseFramer::skip_comments() {
  while (in_comment_ || (at_line_start() && read_ < input_.size() && input_[read_] == ':')) {
    if (!copied_ && length_ > 0) copy_block(length_);
    std::size_t end = find_line_end(input_, read_);
    in_comment_ = end == input_.size();
    read_ = in_comment_ ? end : end + 1;
    if (!copied_) start_ = read_;
    if (in_comment_) return false;
    after_cr_ = input_[end] == '\r';
    skip_line_feed();
  }
  return true;
}

void SseFramer::copy_block(std::size_t clean_bytes) {
  buffer_.assign(input_.substr(start_, clean_bytes));
  copied_ = true;
}

// The line begun ends at `end` of the input.
void SseFramer::take_line(std::size_t end) {
  bool line_feed = input_[end] == '\n';
  std::size_t line_bytes = line_ + (end - read_);
  if (copied_) {
    buffer_.append(input_.substr(read_, end - read_));
  } else if (!line_feed) {
    copy_block(length_ + line_bytes);
  }
  if (copied_) buffer_.push_back('\n');
  read_ = end + 1;
  after_cr_ = !line_feed;
  Extent line{length_, line_bytes};
  length_ += line_bytes + 1;
  line_ = 0;
  too_large_ = length_ > max_event_bytes_;
  if (!too_large_) read_field(line);
}

// A blank line came. False when it ends nothing.
bool SseFramer::end_event(bool line_feed) {
  ++read_;
  after_cr_ = !line_feed;
  if (length_ == 0) {
    start_ = read_;
    return false;
  }
  if (!copied_ && !line_feed) copy_block(length_);
  if (copied_) buffer_.push_back('\n');
  return true;
}

// The stream ended: what was begun is given out as if its line and its blank line had come. False when nothing was
// begun.
bool SseFramer::end_unfinished_event() {
  finished_ = false;
  if (line_ > 0) {
    buffer_.push_back('\n');
    Extent line{length_, line_};
    length_ += line_ + 1;
    line_ = 0;
    too_large_ = length_ > max_event_bytes_;
    if (!too_large_) read_field(line);
  }
  if (length_ == 0 || too_large_) return false;
  buffer_.push_back('\n');
  return true;
}

void SseFramer::read_field(Extent line) {
  std::string_view text = at(line);
  std::size_t colon = std::min(text.find(':'), text.size());
  std::string_view name = text.substr(0, colon);
  std::size_t value_at = std::min(colon + 1, text.size());
  if (value_at < text.size() && text[value_at] == ' ') ++value_at;
  Extent value{line.offset + value_at, line.length - value_at};
  if (name == "data") {
    read_data(value);
  } else if (name == "event") {
    name_ = value;
  } else if (name == "error") {
    error_ = value;
  }
}

void SseFramer::read_data(Extent value) {
  if (data_lines_++ == 0) {
    data_ = value;
    return;
  }
  if (data_lines_ == 2) joined_.assign(at(data_));
  joined_ += '\n';
  joined_ += at(value);
}

// The fed bytes are used up; what belongs to an event that has not ended moves into the buffer.
void SseFramer::keep_partial_line() {
  std::string_view rest = input_.substr(read_);
  read_ = input_.size();
  if (too_large_ || (length_ == 0 && line_ == 0 && rest.empty())) return;
  if (!copied_) copy_block(length_);
  buffer_.append(rest);
  line_ += rest.size();
  too_large_ = buffer_.size() > max_event_bytes_;
}

void SseFramer::give(SseEvent& out, std::string_view block, bool terminated) {
  given_ = true;
  out = {.name = at(name_),
         .data = data_lines_ > 1 ? std::string_view(joined_) : at(data_),
         .error_field = at(error_),
         .block = block,
         .has_data = data_lines_ > 0,
         .terminated = terminated};
}

}  // namespace tollgate
