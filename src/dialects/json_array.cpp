#include "dialects/json_array.h"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

namespace tollgate {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

void JsonArrayFramer::feed(std::string_view bytes) {
  assert(read_ == input_.size() || trouble_ != Trouble::none);
  if (given_) {
    buffer_.clear();
    given_ = false;
  }
  input_ = bytes;
  read_ = start_ = 0;
}

void JsonArrayFramer::finish() {
  feed({});
  finished_ = true;
}

bool JsonArrayFramer::next(Frame& out) {
  if (given_) {
    buffer_.clear();
    given_ = false;
  }
  while (trouble_ == Trouble::none && read_ < input_.size()) {
    bool ended = at_ == At::element ? take_inside() : take_outside(input_[read_]);
    if (!ended || trouble_ != Trouble::none) continue;
    give(out, true);
    return true;
  }
  keep_begun();
  if (!finished_ || trouble_ != Trouble::none || at_ != At::element || buffer_.empty()) return false;
  at_ = At::after;
  whole_ = buffer_;
  give(out, false);
  return true;
}

std::optional<Error> JsonArrayFramer::failure() const {
  if (trouble_ == Trouble::none) return std::nullopt;
  return Error{.fault = Fault::upstream_protocol,
               .retry = Retry::next_target,
               .detail = trouble_ == Trouble::no_array
                             ? "the provider's stream is no JSON array"
                             : fmt::format("an element of the provider's stream is larger than {} bytes", max_element_bytes_)};
}

// One character between elements. An element never ends here.
bool JsonArrayFramer::take_outside(char c) {
  bool separator = c == ',' && at_ == At::between;
  if (is_blank(c) || separator || at_ == At::after) {
    ++read_;
    return false;
  }
  if (at_ == At::before && c == '[') {
    at_ = At::between;
    ++read_;
    return false;
  }
  if (at_ == At::between && c == ']') {
    at_ = At::after;
    ++read_;
    return false;
  }
  if (c == '}' || (at_ == At::before && c != '{')) {
    trouble_ = Trouble::no_array;
    return false;
  }
  alone_ = at_ == At::before;
  at_ = At::element;
  start_ = read_;
  depth_ = 0;
  return false;
}

// The rest of the element as far as the bytes reach. True when it ended.
bool JsonArrayFramer::take_inside() {
  while (read_ < input_.size()) {
    if (in_string_) {
      if (!take_string()) return false;
      continue;
    }
    char c = input_[read_];
    bool opens = c == '{' || c == '[', closes = c == '}' || c == ']';
    // A bare value (null, 12) ends before the comma or bracket behind it.
    if (depth_ == 0 && (c == ',' || closes || is_blank(c))) return end_element(read_);
    ++read_;
    if (c == '"') in_string_ = true;
    if (opens) ++depth_;
    if (closes && --depth_ == 0) return end_element(read_);
  }
  return false;
}

// False when the bytes ended inside the string.
bool JsonArrayFramer::take_string() {
  while (read_ < input_.size()) {
    if (escaped_) {
      escaped_ = false;
      ++read_;
      continue;
    }
    std::size_t end = input_.find_first_of("\"\\", read_);
    if (end == std::string_view::npos) {
      read_ = input_.size();
      return false;
    }
    read_ = end + 1;
    if (input_[end] == '"') {
      in_string_ = false;
      return true;
    }
    escaped_ = true;
  }
  return false;
}

bool JsonArrayFramer::end_element(std::size_t end) {
  std::string_view here = input_.substr(start_, end - start_);
  if (buffer_.size() + here.size() > max_element_bytes_) {
    trouble_ = Trouble::too_large;
    return false;
  }
  if (buffer_.empty()) {
    whole_ = here;
  } else {
    buffer_.append(here);
    whole_ = buffer_;
  }
  at_ = alone_ ? At::after : At::between;
  return true;
}

// The fed bytes are used up; what belongs to an element that has not ended moves into the buffer.
void JsonArrayFramer::keep_begun() {
  if (at_ != At::element || trouble_ != Trouble::none || start_ >= input_.size()) return;
  std::string_view here = input_.substr(start_);
  start_ = input_.size();
  if (buffer_.size() + here.size() > max_element_bytes_) {
    trouble_ = Trouble::too_large;
    return;
  }
  buffer_.append(here);
}

void JsonArrayFramer::give(Frame& out, bool terminated) {
  given_ = true;
  out = {.name = {}, .data = whole_, .error_field = {}, .block = whole_, .has_data = true, .terminated = terminated};
}

void append_array_element(std::string& out, std::string_view element, ElementPlace place) {
  out += place == ElementPlace::first ? "[" : "\n,\n";
  out += element;
}

}  // namespace tollgate
