#include "tokens/families.h"

#include <algorithm>

namespace tollgate {
namespace {

struct Family {
  std::string_view prefix;
  EncodingId encoding;
};
using enum EncodingId;

// The first that fits decides.
constexpr Family families[] = {
    {"gpt-4o", o200k_base},
    {"gpt-4.1", o200k_base},
    {"gpt-4.5", o200k_base},
    {"gpt-5", o200k_base},
    {"gpt-oss", o200k_base},
    {"gpt-audio", o200k_base},
    {"gpt-realtime", o200k_base},
    {"chatgpt-", o200k_base},
    {"codex-mini", o200k_base},
    {"computer-use-preview", o200k_base},
    {"o1", o200k_base},
    {"o3", o200k_base},
    {"o4", o200k_base},
    {"gpt-4", cl100k_base},
    {"gpt-3.5", cl100k_base},
    {"gpt-35-turbo", cl100k_base},  // Azure's name
    {"text-embedding-", cl100k_base},
    {"davinci-002", cl100k_base},
    {"babbage-002", cl100k_base},
    {"text-davinci-003", p50k_base},
    {"text-davinci-002", p50k_base},
    {"code-search-", r50k_base},
    {"code-", p50k_base},
    {"davinci-codex", p50k_base},
    {"text-davinci-001", r50k_base},
    {"text-curie-001", r50k_base},
    {"text-babbage-001", r50k_base},
    {"text-ada-001", r50k_base},
    {"davinci", r50k_base},
    {"curie", r50k_base},
    {"babbage", r50k_base},
    {"ada", r50k_base},
    {"gpt2", r50k_base},
    {"gpt-2", r50k_base},
};

// "ada" is a model and not the head of another's name: after a prefix that ends in a letter or digit comes no further one of its kind.
bool fits(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return false;
  auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (name.size() == prefix.size()) return true;
  char last = prefix.back(), next = name[prefix.size()];
  return !(is_letter(last) && is_letter(next)) && !(is_digit(last) && is_digit(next));
}

constexpr std::string_view reasoning[] = {"o3", "o4", "codex-mini", "computer-use-preview"};
constexpr std::string_view untold[] = {"-search-preview", "-audio", "-realtime", "-deep-research", "computer-use"};  // anywhere in the name
constexpr ChatFrame of_reasoning{.reply_start = 2};
constexpr ChatFrame of_gpt_5{.reply_start = 2, .each_answer = 2};
constexpr ChatFrame of_gpt_oss{.reply_start = 2, .each_answer = 2, .preamble = 62, .known = false};

template <std::size_t n>
bool is_one_of(std::string_view name, const std::string_view (&prefixes)[n]) {
  return std::any_of(std::begin(prefixes), std::end(prefixes), [&](std::string_view prefix) { return fits(name, prefix); });
}

}  // namespace

ModelName::ModelName(std::string_view model) {
  if (auto slash = model.rfind('/'); slash != model.npos) model.remove_prefix(slash + 1);
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  auto takes_off = [&](std::string_view prefix) {
    bool has = std::equal(prefix.begin(), prefix.end(), model.begin(), model.begin() + static_cast<std::ptrdiff_t>(std::min(prefix.size(), model.size())),
                          [&](char a, char b) { return a == lower(b); });
    if (has) model.remove_prefix(prefix.size());
    return has;
  };
  takes_off("ft:");
  takes_off("openai.");  // Bedrock's names of them
  model = model.substr(0, model.find(':'));
  for (char c : model.substr(0, sizeof bytes_)) bytes_[size_++] = lower(c);
}

ChatFrame chat_frame_of(std::string_view model) {
  ModelName name(model);
  if (name.starts_with("gpt-oss")) return of_gpt_oss;
  ChatFrame frame;
  if (fits(name.text(), "gpt-5") && !fits(name.text(), "gpt-5-chat"))
    frame = of_gpt_5;
  else if (is_one_of(name.text(), reasoning))
    frame = of_reasoning;
  frame.known = std::none_of(std::begin(untold), std::end(untold), [&](std::string_view word) { return name.text().find(word) != std::string_view::npos; });
  return frame;
}

bool reads_by_itself(std::string_view model) {
  return ModelName(model).starts_with("compound") || model.find("deep-research") != model.npos || model.ends_with(":online");
}

std::optional<EncodingId> encoding_of(std::string_view model) {
  ModelName name(model);
  for (const Family& family : families)
    if (fits(name.text(), family.prefix)) return family.encoding;
  return std::nullopt;
}

}  // namespace tollgate
