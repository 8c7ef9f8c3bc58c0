// How this fuzzer works
//
// 1. The first byte chooses requests or answers, the second where the rest is cut; the rest is what arrives on a
//    connection.
// 2. A reading side (peer_for_test.h) reads it whole, byte by byte, and in two pieces: the three accounts must be
//    equal.
// 3. Of the first head, when it is accepted: it has exactly one framing, and the fields say the same one; its fields
//    are clean.
// 4. Written anew by HeadWriter, without hop-by-hop fields, it must be read back with the same target, fields and
//    framing.
// 5. Its path, when accepted, has no second reading: it survives being read again, and holds no dot segment.
//
// A violation prints its rule and aborts; the fuzzer then keeps the input, which is all that is needed to repeat it.

#include <array>
#include <cstdio>
#include <cstdlib>

#include "base/text.h"
#include "net/http1/chars.h"
#include "net/http1/peer_for_test.h"
#include "net/http1/target.h"
#include "net/http1/write.h"

namespace tollgate::http {
namespace {

void must(bool holds, const char* rule) {
  if (holds) return;
  std::fprintf(stderr, "violated: %s\n", rule);
  std::abort();
}

template <class Head>
void check_cuts(std::string_view bytes, std::size_t cut) {
  std::string whole = read_all<Head>({bytes}).text();
  std::vector<std::string_view> singles;
  for (std::size_t i = 0; i < bytes.size(); ++i) singles.push_back(bytes.substr(i, 1));
  must(read_all<Head>(singles).text() == whole, "byte by byte gives the same");
  must(read_all<Head>({bytes.substr(0, cut), bytes.substr(cut)}).text() == whole, "two pieces give the same");
}

template <class Head>
void check_fields(const Head& head) {
  std::size_t lengths = head.fields.count("content-length"), codings = head.fields.count("transfer-encoding");
  must(lengths + codings <= 1, "one framing");
  if (head.framing.kind == BodyFraming::Kind::chunked) must(codings == 1, "chunked is announced");
  if (head.framing.kind == BodyFraming::Kind::length) must(lengths == 1, "the length is announced");
  for (Field field : head.fields) must(is_token(field.name) && is_value(field.value), "fields are clean");
}

void check_rewritten(const RequestHead& head) {
  static std::array<char, 2 * FieldTable::offset_max> room;
  HeadWriter writer(room);
  writer.request_line(head.method, head.target);
  std::size_t kept = 0;
  for (Field field : head.fields) {
    if (is_hop_by_hop(field.name) || iequals(field.name, "content-length")) continue;
    writer.field(field.name, field.value);
    ++kept;
  }
  if (!head.fields.find("host")) writer.field("host", "a");
  writer.body(head.framing);
  auto bytes = writer.finish();
  must(bytes.has_value(), "an accepted head can be written");
  RequestHead again;
  std::size_t resume = 0;
  HeadLimits wide{.head_bytes_max = FieldTable::offset_max};
  ParseStatus parsed = parse_request_head(*bytes, resume, again, wide);
  // HTTP/1.0 may have had no Host, and gained one: an absolute target may then differ from it.
  if (parsed.state == ParseState::bad) return must(head.minor_version == 0, "a written head is accepted");
  must(parsed.head_bytes == bytes->size() && again.target == head.target, "a written head reads the same");
  must(again.framing == head.framing && again.fields.size() >= kept, "a written head frames the same");
}

void check_path(std::string_view origin) {
  static std::array<char, FieldTable::offset_max> room;
  auto read = read_path(origin, room);
  if (!read) return;
  must(read->path == "*" || read->path.starts_with('/'), "a path starts with a slash");
  must(read->path.find("//") == std::string_view::npos, "no empty segment");
  must((std::string(read->path) + "/").find("/../") == std::string::npos, "no dot segment");
  for (char c : read->path)
    must(is_value_byte(c) && c != '\t' && c != '%' && c != '\\', "no byte with a second reading");
}

template <class Head>
bool first_head(std::string_view bytes, Head& head) {
  std::size_t resume = 0;
  return parse_head(bytes, resume, head).state == ParseState::complete;
}

}  // namespace
}  // namespace tollgate::http

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace tollgate::http;
  if (size < 2) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  std::size_t cut = bytes.empty() ? 0 : data[1] * bytes.size() / 256;
  if (data[0] % 2 == 0) {
    check_cuts<RequestHead>(bytes, cut);
    RequestHead head;
    if (!first_head(bytes, head)) return 0;
    check_fields(head);
    check_rewritten(head);
    check_path(head.origin);
  } else {
    check_cuts<ResponseHead>(bytes, cut);
    ResponseHead head;
    if (first_head(bytes, head)) check_fields(head);
  }
  return 0;
}
