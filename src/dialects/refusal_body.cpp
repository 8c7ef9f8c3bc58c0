#include "dialects/refusal_body.h"

#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "dialects/retry_after.h"
#include "json/scan.h"

namespace tollgate::openai {
namespace {

using json::Kind;
using json::Member;
using json::Members;
using json::Value;

constexpr std::size_t max_path_parts = 16;  // of a field path that a provider names

int http_status_of(const Value& value) {
  auto number = value.integer();
  if (auto digits = value.plain_string()) {
    auto parsed = parse_u64(*digits);
    if (parsed && *parsed < 1000) number = static_cast<std::int64_t>(*parsed);
  }
  return number && *number >= 400 && *number <= 599 ? static_cast<int>(*number) : 0;
}

bool is_word(const std::optional<std::string>& text) { return text && !text->empty() && !parse_u64(*text); }

// ["body","messages",0,"content"] as messages[0].content; the framework's own root is left out.
std::string field_path(const Value& location) {
  std::string path;
  std::size_t parts = 0;
  for (const Value& part : json::Elements(location)) {
    if (++parts > max_path_parts) break;
    if (auto index = part.integer()) {
      path += fmt::format("[{}]", *index);
    } else if (auto name = part.plain_string(); name && *name != "body") {
      if (!path.empty()) path += '.';
      path += *name;
    }
  }
  return path;
}

// A text, or a list of field errors of which the first one is told (Mistral, quirk 97).
void read_detail(const Value& detail, RefusalBody& out) {
  if (auto text = detail.string()) out.message = *text;
  for (const Value& fault : json::Elements(detail)) {
    if (auto message = json::find(fault, "msg")) out.message = message->string().value_or("");
    if (auto location = json::find(fault, "loc")) out.param = field_path(*location);
    return;
  }
}

// Google's list of typed details, or an object with a finer code.
void read_details(const Value& details, RefusalBody& out) {
  if (auto code = json::find(details, "error_code")) out.error_code = code->string().value_or("");
  for (const Value& detail : json::Elements(details)) {
    auto delay = json::find(detail, "retryDelay");
    auto text = delay ? delay->plain_string() : std::nullopt;
    if (text) out.retry_delay = parse_reset_time(*text);
  }
}

void read_member(const Member& member, RefusalBody& out) {
  const Value& value = member.value;
  if (member.key_is("message") || member.key_is("Message") || member.key_is("msg")) {
    out.message = value.string().value_or(out.message);
  } else if (member.key_is("detail")) {
    read_detail(value, out);
  } else if (member.key_is("type") || member.key_is("status")) {
    if (out.type.empty()) out.type = value.string().value_or("");
  } else if (member.key_is("code") || member.key_is("error_code") || member.key_is("status_code")) {
    if (auto word = value.string(); is_word(word)) out.code = *word;
    if (int status = http_status_of(value); status != 0) out.status = status;
  } else if (member.key_is("param")) {
    out.param = value.string().value_or("");
  } else if (member.key_is("details")) {
    read_details(value, out);
  } else if (member.key_is("error") && value.is(Kind::string)) {
    out.message = value.string().value_or("");
  }
}

// The number behind a phrase: a duration ("4.86s", "2m7.9s"), or seconds as a bare number with the unit as a word of
// its own.
std::optional<milliseconds> delay_behind(std::string_view text, std::string_view phrase) {
  std::size_t at = text.find(phrase);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest = text.substr(at + phrase.size());
  std::string_view word = rest.substr(0, rest.find_first_of(" ,;"));
  while (word.ends_with('.')) word.remove_suffix(1);
  if (auto delay = parse_reset_time(word)) return delay;
  if (!trimmed(rest.substr(word.size())).starts_with("second")) return std::nullopt;
  return parse_reset_time(std::string(word) + 's');
}

}  // namespace

RefusalBody read_refusal_body(std::string_view body) {
  auto root = json::scan(body, {.refuse_duplicates = false});
  if (!root) return {};
  json::Value value = *root;
  if (value.is(Kind::array)) {  // Gemini without alt=sse wraps its error in a list
    json::Elements elements(value);
    if (elements.begin() == elements.end()) return {};
    value = *elements.begin();
  }
  auto inner = json::find(value, "error");
  return read_refusal_value(inner && inner->is(Kind::object) ? *inner : value);
}

RefusalBody read_refusal_value(const Value& error) {
  RefusalBody out;
  if (auto text = error.string()) out.message = *text;
  for (const Member& member : Members(error)) read_member(member, out);
  if (!out.retry_delay) out.retry_delay = retry_delay_in_text(out.message);
  return out;
}

std::optional<milliseconds> retry_delay_in_text(std::string_view text) {
  for (std::string_view phrase : {"try again in ", "retry in ", "retry after "}) {
    if (auto delay = delay_behind(text, phrase)) return delay;
  }
  return std::nullopt;
}

}  // namespace tollgate::openai
