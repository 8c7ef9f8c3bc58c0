#include "mock/request_log.h"

#include <algorithm>

#include "base/text.h"
#include "json/write.h"
#include "mock/base64.h"
#include "mock/fingerprint.h"

namespace tollgate::mock {
namespace {

constexpr std::string_view credential_fields[] = {"authorization", "proxy-authorization", "x-api-key",
                                                  "api-key",       "x-goog-api-key",      "cookie"};
constexpr std::string_view bearer = "Bearer ";

bool is_credential(std::string_view name) {
  return std::any_of(std::begin(credential_fields), std::end(credential_fields),
                     [&](std::string_view known) { return iequals(known, name); });
}

std::string_view without_scheme(std::string_view value) {
  bool has_scheme = value.size() >= bearer.size() && iequals(value.substr(0, bearer.size()), bearer);
  return has_scheme ? trimmed(value.substr(bearer.size())) : value;
}

void append_line(std::string& out, std::string_view text) { (out += text) += '\n'; }

void append_key(std::string& out, std::string_view key) { (out += "key:") += fingerprint_text(fingerprint(key)); }

// `?key=SECRET` is a credential too.
void append_target(std::string& out, std::string_view target) {
  std::size_t query = target.find('?');
  std::size_t key = query == std::string_view::npos ? query : std::min(target.find("?key="), target.find("&key="));
  if (key == std::string_view::npos) return append_line(out, target);
  std::size_t begin = key + std::string_view("?key=").size(), end = std::min(target.find('&', begin), target.size());
  out += target.substr(0, begin);
  append_key(out, target.substr(begin, end - begin));
  append_line(out, target.substr(end));
}

std::string_view next_line(std::string_view& rest) {
  std::size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

void write_body(json::Writer& writer, std::string_view body) {
  if (valid_utf8(body)) return void(writer.member("body", body));
  std::string text;
  append_base64(text, body);
  writer.member("body_base64", text);
}

void write_request(json::Writer& writer, std::uint64_t number, std::string_view head, std::string_view body) {
  writer.begin_object().member("number", number).member("method", next_line(head)).member("path", next_line(head));
  writer.key("headers").begin_array();
  while (!head.empty()) {
    std::string_view name = next_line(head), value = next_line(head);
    writer.begin_array().value(name).value(value).end_array();
  }
  writer.end_array();
  write_body(writer, body);
  writer.end_object();
}

}  // namespace

std::string_view shown_key(const http::RequestHead& head) {
  std::string_view value = head.fields.find("authorization").value_or("");
  constexpr std::string_view aws = "AWS4-HMAC-SHA256 Credential=";
  if (value.starts_with(aws)) return value.substr(aws.size(), value.find('/') - aws.size());
  std::string_view key = without_scheme(value);
  if (key.size() != value.size()) return key;
  for (std::string_view name : {"x-api-key", "x-goog-api-key", "api-key"})
    if (auto shown = head.fields.find(name)) return *shown;
  for (std::string_view mark : {"?key=", "&key="}) {
    std::size_t at = head.origin.find(mark);
    if (at == std::string_view::npos) continue;
    std::string_view rest = head.origin.substr(at + mark.size());
    return rest.substr(0, rest.find('&'));
  }
  return {};
}

void RequestLog::reset(std::size_t keep) {
  ring_.clear();
  ring_.resize(std::min(keep, max_kept_requests));
  oldest_ = count_ = 0;
  bytes_ = ring_.size() * Kept{}.bytes();
}

void RequestLog::drop_oldest() {
  Kept empty;
  Kept& kept = ring_[oldest_];
  bytes_ -= kept.bytes();
  std::swap(kept, empty);  // assigning would keep the memory
  bytes_ += kept.bytes();
  oldest_ = (oldest_ + 1) % ring_.size();
  --count_;
}

void RequestLog::add(std::uint64_t number, const http::RequestHead& head, std::string_view body) {
  if (ring_.empty() || body.size() > kept_bytes_max / 2) return;
  if (count_ == ring_.size()) {
    oldest_ = (oldest_ + 1) % ring_.size();
    --count_;
  }
  Kept& kept = ring_[(oldest_ + count_++) % ring_.size()];
  bytes_ -= kept.bytes();
  kept.number = number;
  kept.head.clear();
  append_line(kept.head, head.method);
  append_target(kept.head, head.target);
  for (http::Field field : head.fields) {
    append_line(kept.head, field.name);
    if (is_credential(field.name)) append_key(kept.head, without_scheme(field.value));
    append_line(kept.head, is_credential(field.name) ? std::string_view{} : field.value);
  }
  kept.body.assign(body);
  bytes_ += kept.bytes();
  while (bytes_ > kept_bytes_max && count_ > 1) drop_oldest();
}

void RequestLog::append_json(std::string& out) const {
  json::Writer writer(out);
  writer.begin_object().key("requests").begin_array();
  for (std::size_t i = 0; i < count_; ++i) {
    const Kept& kept = ring_[(oldest_ + i) % ring_.size()];
    write_request(writer, kept.number, kept.head, kept.body);
  }
  writer.end_array().end_object();
}

}  // namespace tollgate::mock
