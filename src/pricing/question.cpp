#include "pricing/question.h"

#include <fmt/format.h>

#include "base/text.h"
#include "json/scan.h"
#include "json/value.h"
#include "json/write.h"
#include "pricing/terms.h"

namespace tollgate {
namespace {

using json::Kind;
using json::Value;

std::unexpected<Error> wrong(std::string_view member, std::string_view why) {
  return fail(Fault::invalid_request, std::string(why), std::string(member));
}

constexpr std::int64_t most = 1'000'000'000'000;

struct Bucket {
  std::string_view name;
  Tokens Usage::* tokens;
};
constexpr Bucket buckets[] = {
    {"input_tokens", &Usage::input},
    {"cache_read_tokens", &Usage::cache_read},
    {"cache_write_5m_tokens", &Usage::cache_write_5m},
    {"cache_write_1h_tokens", &Usage::cache_write_1h},
    {"audio_input_tokens", &Usage::audio_input},
    {"output_tokens", &Usage::output},
    {"reasoning_tokens", &Usage::reasoning},
    {"audio_output_tokens", &Usage::audio_output},
};
// Parts of the first, second and sixth of them.
struct PartOfBucket {
  std::string_view name;
  Tokens BilledBeside::* tokens;
};
constexpr PartOfBucket parts[] = {
    {"image_input_tokens", &BilledBeside::image_input},   {"video_input_tokens", &BilledBeside::video_input},
    {"cached_audio_tokens", &BilledBeside::cached_audio}, {"cached_image_tokens", &BilledBeside::cached_image},
    {"image_output_tokens", &BilledBeside::image_output}, {"video_output_tokens", &BilledBeside::video_output},
};
struct Counted {
  std::string_view name;
  std::int64_t BilledBeside::* count;
};
constexpr Counted others[] = {
    {"audio_ms", &BilledBeside::audio_ms},         {"characters", &BilledBeside::characters},
    {"pages", &BilledBeside::pages},               {"annotated_pages", &BilledBeside::annotated_pages},
    {"web_searches", &BilledBeside::web_searches}, {"file_searches", &BilledBeside::file_searches},
};

Result<std::string> text_of(std::string_view name, const Value& value) {
  constexpr std::size_t most_bytes = 256;
  auto text = value.string();
  if (!text || text->size() > most_bytes) return wrong(name, fmt::format("'{}' must be a text of at most {} bytes", name, most_bytes));
  return std::move(*text);
}

// False: the member is no count.
Result<bool> take_count(const json::Member& member, Usage& usage) {
  auto take = [&](std::string_view name, std::int64_t& into) -> Result<bool> {
    auto count = member.value.integer();
    if (!count || *count < 0 || *count > most) return wrong(name, fmt::format("'{}' must be a whole number from 0 to {}", name, most));
    into = *count;
    return true;
  };
  for (const Bucket& bucket : buckets)
    if (member.key_is(bucket.name)) return take(bucket.name, (usage.*bucket.tokens).count);
  for (const PartOfBucket& part : parts)
    if (member.key_is(part.name)) return take(part.name, (usage.beside.*part.tokens).count);
  for (const Counted& other : others)
    if (member.key_is(other.name)) return take(other.name, usage.beside.*other.count);
  if (member.key_is("image_count")) return take("image_count", usage.image_count);
  return false;
}

Result<void> check_parts(const Usage& usage) {
  auto within = [](std::string_view name, Tokens part, Tokens other, Tokens whole) -> Result<void> {
    if (part.count + other.count <= whole.count) return {};
    return wrong(name, fmt::format("the parts of `{}` are more than all of it", name));
  };
  const BilledBeside& b = usage.beside;
  TG_TRY_VOID(within("input_tokens", b.image_input, b.video_input, usage.input));
  TG_TRY_VOID(within("cache_read_tokens", b.cached_audio, b.cached_image, usage.cache_read));
  return within("output_tokens", b.image_output, b.video_output, usage.output);
}

}  // namespace

Result<PriceQuestion> read_price_question(std::string_view text, WallTime now) {
  auto scanned = json::scan(text);
  if (!scanned || !scanned->is(Kind::object)) return wrong("", "it is no JSON object, or has a member twice");
  PriceQuestion question;
  question.at = now;
  for (const json::Member& member : json::Members(*scanned)) {
    TG_TRY(counted, take_count(member, question.usage));
    if (counted) continue;
    std::string name = member.key();
    if (name != "model" && name != "provider" && name != "at" && name != "service_tier")
      return wrong(name, "there is nothing of this name to price");
    TG_TRY(word, text_of(name, member.value));
    if (name == "model") question.model = std::move(word);
    else if (name == "provider") question.provider = std::move(word);
    else if (name == "service_tier") question.usage.beside.tier = service_named(word);
    else if (!parse_rfc3339(word, question.at)) return wrong("at", "'at' is no time such as 2026-11-22 or 2026-11-22T19:00:00Z");
  }
  if (question.model.empty()) return wrong("model", "'model' is missing");
  TG_TRY_VOID(check_parts(question.usage));
  return question;
}

std::string price_answer(const Model& model, const PriceQuestion& question, Terms terms) {
  const Price& price = model.price_at(question.at).of(question.usage.beside.tier);
  Money money = cost(price, question.usage, terms);
  std::string out;
  json::Writer(out)
      .begin_object()
      .member("cost_nano_usd", money.nano_usd)
      .member("cost_usd", format_usd(money))
      .member("price_id", price_id_of(price, terms))
      .end_object();
  return out;
}

}  // namespace tollgate
