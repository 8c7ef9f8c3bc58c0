#include "bench/message_reader.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace tollgate::bench {
namespace {

constexpr std::size_t kHeadMax = 64UL * 1024;
constexpr std::size_t kLineMax = 4096;
constexpr std::size_t kBodyMax = 64UL * 1024 * 1024;

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter; }

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::size_t> number(std::string_view text, int base) {
  std::size_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end == text.data() || value > kBodyMax) return std::nullopt;
  return value;
}

}  // namespace

std::size_t MessageReader::take(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !done() && !bad()) {
    std::string_view rest = bytes.substr(taken);
    switch (state_) {
      case State::head: taken += take_head(rest); break;
      case State::length: taken += take_body(rest, State::done); break;
      case State::chunk: taken += take_body(rest, State::chunk_end); break;
      default: taken += take_line(rest); break;
    }
  }
  return taken;
}

std::size_t MessageReader::take_head(std::string_view bytes) {
  std::size_t had = head_.size();
  head_.append(bytes.substr(0, std::min(bytes.size(), kHeadMax)));
  std::size_t end = head_.find("\r\n\r\n", had > 3 ? had - 3 : 0);
  if (end == std::string::npos) {
    if (head_.size() >= kHeadMax) state_ = State::bad;
    return bytes.size();
  }
  head_.resize(end + 4);
  begin_body();
  return head_.size() - had;
}

void MessageReader::begin_body() {
  if (same_word(field("transfer-encoding"), "chunked")) {
    state_ = State::chunk_size;
    return;
  }
  std::string_view length = field("content-length");
  std::optional<std::size_t> bytes = length.empty() ? std::optional<std::size_t>(0) : number(length, 10);
  left_ = bytes.value_or(0);
  state_ = !bytes ? State::bad : left_ == 0 ? State::done : State::length;
}

std::size_t MessageReader::take_body(std::string_view bytes, State after) {
  std::size_t now = std::min(left_, bytes.size());
  body_.append(bytes.substr(0, now));
  left_ -= now;
  if (left_ == 0) state_ = after;
  if (body_.size() > kBodyMax) state_ = State::bad;
  return now;
}

std::size_t MessageReader::take_line(std::string_view bytes) {
  std::size_t end = bytes.find('\n');
  std::size_t now = end == std::string_view::npos ? bytes.size() : end + 1;
  line_.append(bytes.substr(0, now));
  if (line_.size() <= kLineMax && line_.ends_with("\r\n"))
    end_line();
  else if (line_.size() > kLineMax || end != std::string_view::npos)
    state_ = State::bad;
  return now;
}

void MessageReader::end_line() {
  std::string_view line(line_.data(), line_.size() - 2);
  if (state_ == State::chunk_size) {
    std::optional<std::size_t> size = number(line, 16);
    left_ = size.value_or(0);
    state_ = !size ? State::bad : left_ == 0 ? State::trailer : State::chunk;
  } else if (state_ == State::chunk_end) {
    state_ = line.empty() ? State::chunk_size : State::bad;
  } else if (line.empty()) {
    state_ = State::done;
  }
  line_.clear();
}

std::string_view MessageReader::field(std::string_view name) const {
  std::string_view rest = head_;
  for (std::size_t end = rest.find("\r\n"); end != std::string_view::npos && end > 0; end = rest.find("\r\n")) {
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    if (line.size() <= name.size() || line[name.size()] != ':' || !same_word(line.substr(0, name.size()), name))
      continue;
    line.remove_prefix(name.size() + 1);
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    return line;
  }
  return {};
}

int MessageReader::status() const {
  if (!head_.starts_with("HTTP/1.1 ")) return 0;
  return static_cast<int>(number(std::string_view(head_).substr(9, 3), 10).value_or(0));
}

bool MessageReader::closes() const { return same_word(field("connection"), "close"); }

void MessageReader::next() {
  state_ = State::head;
  head_.clear();
  body_.clear();
  line_.clear();
  left_ = 0;
}

}  // namespace tollgate::bench
