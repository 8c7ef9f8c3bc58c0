#include "dialects/plain_usage.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/fields.h"
#include "dialects/openai_chat/usage.h"

namespace tollgate {
namespace {

using json::Kind;
using json::Value;

constexpr std::int64_t most_pages = 1'000'000;

std::optional<std::int64_t> count_of(const Value& object, std::string_view name) {
  auto number = field_of(object, name).integer();
  return number && *number >= 0 && *number <= max_asked_tokens ? number : std::nullopt;
}

// A detail under either spelling of its object's name, at most all of it.
std::int64_t part_of(const Value& usage, std::string_view details, std::string_view others, std::string_view name, std::int64_t whole) {
  auto part = count_of(field_of(usage, details), name);
  if (!part) part = count_of(field_of(usage, others), name);
  return std::min(part.value_or(0), whole);
}

Usage tokens_of(const Value& usage, std::int64_t input, std::int64_t output) {
  Usage out;
  out.audio_input = {part_of(usage, "input_tokens_details", "input_token_details", "audio_tokens", input)};
  out.input = {input - out.audio_input.count};
  out.output = {output};
  out.beside.image_input = {part_of(usage, "input_tokens_details", "input_token_details", "image_tokens", out.input.count)};
  out.beside.image_output = {part_of(usage, "output_tokens_details", "output_token_details", "image_tokens", output)};
  return out;
}

// A number, or a number as text, as some versions have it.
std::optional<std::int64_t> length_in(const Value& object, std::string_view name) {
  Value value = field_of(object, name);
  if (value.is(Kind::number)) return ms_of_seconds(value.raw);
  return value.is(Kind::string) ? ms_of_seconds(value.string().value_or("")) : std::nullopt;
}

}  // namespace

std::optional<std::int64_t> ms_of_seconds(std::string_view seconds) {
  constexpr std::uint64_t most_seconds = 366 * 86'400;
  std::size_t point = std::min(seconds.find('.'), seconds.size());
  auto whole = parse_u64(seconds.substr(0, point));
  if (!whole || *whole > most_seconds) return std::nullopt;
  std::int64_t ms = static_cast<std::int64_t>(*whole) * 1000;
  std::string_view rest = seconds.substr(std::min(point + 1, seconds.size()));
  if (!std::all_of(rest.begin(), rest.end(), [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  std::string digits(rest.substr(0, 3));
  digits.resize(3, '0');
  bool more = rest.size() > 3 && rest.find_first_not_of('0', 3) != std::string_view::npos;
  return ms + static_cast<std::int64_t>(parse_u64(digits).value_or(0)) + (more ? 1 : 0);
}

std::optional<Usage> read_plain_usage(const Value& root) {
  bool messages = !field_of(root, "content").is(Kind::null) || !field_of(root, "output").is(Kind::null) || !field_of(root, "choices").is(Kind::null);
  if (messages) return std::nullopt;
  Value usage = field_of(root, "usage");
  if (auto input = count_of(usage, "input_tokens")) {
    Value output = field_of(usage, "output_tokens");
    auto said = output.is(Kind::null) ? std::optional<std::int64_t>(0) : count_of(usage, "output_tokens");
    return said ? std::optional(tokens_of(usage, *input, *said)) : std::nullopt;
  }
  Usage out;
  if (auto pages = field_of(field_of(root, "usage_info"), "pages_processed").integer(); pages && *pages >= 0 && *pages <= most_pages) {
    out.beside.pages = *pages;
    return out;
  }
  auto length = length_in(usage, "seconds");
  if (!length && field_of(usage, "prompt_tokens").is(Kind::null)) length = length_in(root, "duration");
  if (!length) return std::nullopt;
  out.beside.audio_ms = *length;
  return out;
}

std::optional<Usage> read_reported_usage(const Value& root) {
  auto usage = openai_chat::find_usage(root);
  return usage ? openai_chat::read_usage(*usage).usage : std::nullopt;
}

}  // namespace tollgate
