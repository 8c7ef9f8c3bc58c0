#include "mock/embeddings.h"

#include <algorithm>
#include <bit>

#include "json/write.h"
#include "mock/base64.h"
#include "mock/fingerprint.h"
#include "mock/text_pieces.h"
#include "mock/wording.h"

namespace tollgate::mock {
namespace {

using json::Kind;
using json::Value;

constexpr int denominator = 128;

// Numbers that follow from a text: splitmix64 by S. Vigna, begun with the text's fingerprint.
class Coordinates {
 public:
  explicit Coordinates(std::string_view text) : state_(fingerprint(text)) {}
  float next() {
    state_ += 0x9E3779B97F4A7C15ull;
    std::uint64_t mixed = (state_ ^ (state_ >> 30)) * 0xBF58476D1CE4E5B9ull;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBull;
    return static_cast<float>(static_cast<std::int8_t>(mixed >> 56)) / denominator;
  }

 private:
  std::uint64_t state_;
};

void write_numbers(json::Writer& writer, Coordinates numbers, std::int64_t count) {
  writer.begin_array();
  for (std::int64_t i = 0; i < count; ++i) writer.real(numbers.next());
  writer.end_array();
}

void write_base64(json::Writer& writer, Coordinates numbers, std::int64_t count) {
  std::string bytes, text;
  for (std::int64_t i = 0; i < count; ++i) {
    auto bits = std::bit_cast<std::uint32_t>(numbers.next());
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift & 0xFF);
  }
  append_base64(text, bytes);
  writer.value(text);
}

void write_vector(json::Writer& writer, const Question& question, const Value& text, std::int64_t index) {
  std::int64_t count = std::clamp<std::int64_t>(question.dimensions.value_or(usual_dimensions), 1, max_dimensions);
  writer.begin_object().member("object", "embedding").member("index", index).key("embedding");
  if (question.base64)
    write_base64(writer, Coordinates(text.raw), count);
  else
    write_numbers(writer, Coordinates(text.raw), count);
  writer.end_object();
}

// A list of texts or of token lists has a vector for each; a text, or one list of tokens, has one.
bool is_list_of_inputs(const Value& input) {
  for (const Value& element : json::Elements(input)) return !element.is(Kind::number);
  return false;
}

}  // namespace

void count_embeddings(const Question& question, const Rule& rule, Reply& out) {
  out.text.clear();
  out.tool_name = {};
  out.choices = 1;
  out.pieces = 0;
  out.cut_by_length = false;
  out.counts = {.input = tokens_of(question.request.input.raw.size())};
  out.counts.cached = std::min(rule.cached_tokens, out.counts.input);
}

void append_embeddings(std::string& out, const Question& question, const Rule& rule, const Reply& reply) {
  const Value& input = question.request.input;
  json::Writer writer(out);
  writer.begin_object().member("object", "list").key("data").begin_array();
  std::int64_t index = 0;
  if (is_list_of_inputs(input)) {
    for (const Value& text : json::Elements(input)) write_vector(writer, question, text, index++);
  } else {
    write_vector(writer, question, input, index);
  }
  writer.end_array().key("model").raw(question.request.model_value);
  if (!rule.no_usage) {
    std::string usage;
    append_usage(usage, question.endpoint, rule, reply.counts);
    writer.key("usage").raw(usage);
  }
  writer.end_object();
}

}  // namespace tollgate::mock
