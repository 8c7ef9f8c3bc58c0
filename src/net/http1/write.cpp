#include "net/http1/write.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "base/text.h"
#include "net/http1/chars.h"

namespace tollgate::http {
namespace {

constexpr std::size_t number_bytes_max = 20;  // 2^64

class Digits {
 public:
  explicit Digits(std::uint64_t number)
      : size_(static_cast<std::size_t>(std::to_chars(text_.begin(), text_.end(), number).ptr - text_.begin())) {}
  std::string_view view() const { return {text_.data(), size_}; }

 private:
  std::array<char, number_bytes_max> text_;
  std::size_t size_;
};

bool is_framing_name(std::string_view name) {
  return (name.size() == 14 && iequals(name, "content-length")) ||
         (name.size() == 17 && iequals(name, "transfer-encoding"));
}

}  // namespace

void HeadWriter::request_line(std::string_view method, std::string_view target) {
  if (!is_token(method) || !is_target(target)) return refuse(WriteFault::bad_text);
  put({method, " ", target, " HTTP/1.1\r\n"});
}

void HeadWriter::status_line(int status, std::string_view reason) {
  if (status < 100 || status > 999 || !is_value(reason)) return refuse(WriteFault::bad_text);
  put({"HTTP/1.1 ", Digits(static_cast<std::uint64_t>(status)).view(), " ", reason, "\r\n"});
}

void HeadWriter::status_line(int status) { status_line(status, reason_phrase(status)); }

void HeadWriter::field(std::string_view name, std::string_view value) {
  if (!is_token(name) || !is_value(value)) return refuse(WriteFault::bad_text);
  if (is_framing_name(name)) return refuse(WriteFault::two_framings);
  constexpr std::size_t marks_size = sizeof(": \r\n") - 1;
  if (fault_ != WriteFault::none) return;
  if (name.size() + value.size() + marks_size > room_.size() - used_) return refuse(WriteFault::no_room);
  char* at = std::copy(name.begin(), name.end(), room_.data() + used_);
  *at++ = ':';
  *at++ = ' ';
  at = std::copy(value.begin(), value.end(), at);
  *at++ = '\r';
  *at++ = '\n';
  used_ = static_cast<std::size_t>(at - room_.data());
}

void HeadWriter::field(std::string_view name, std::uint64_t value) { field(name, Digits(value).view()); }

void HeadWriter::body(BodyFraming framing) {
  if (framed_) return refuse(WriteFault::two_framings);
  framed_ = true;
  if (framing.kind == BodyFraming::Kind::length) put({"content-length: ", Digits(framing.length).view(), "\r\n"});
  if (framing.kind == BodyFraming::Kind::chunked) put({"transfer-encoding: chunked\r\n"});
}

std::expected<std::string_view, WriteFault> HeadWriter::finish() {
  put({"\r\n"});
  if (fault_ != WriteFault::none) return std::unexpected(fault_);
  return std::string_view(room_.data(), used_);
}

void HeadWriter::refuse(WriteFault fault) {
  if (fault_ == WriteFault::none) fault_ = fault;
}

void HeadWriter::put(std::initializer_list<std::string_view> parts) {
  if (fault_ != WriteFault::none) return;
  for (std::string_view part : parts) {
    if (part.size() > room_.size() - used_) return refuse(WriteFault::no_room);
    if (!part.empty()) std::memcpy(room_.data() + used_, part.data(), part.size());
    used_ += part.size();
  }
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return {};
  }
}

}  // namespace tollgate::http
