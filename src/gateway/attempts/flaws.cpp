#include "gateway/attempts/flaws.h"

#include <algorithm>

#include "base/text.h"
#include "json/document.h"

namespace tollgate {
namespace {

// How short answers that decline begin. A long answer that begins so says something all the same.
constexpr std::string_view declining[] = {
    "i'm sorry, but", "i am sorry, but", "sorry, but i",    "i cannot ",       "i can't ",          "i'm unable to", "i am unable to",
    "i'm not able to", "as an ai",       "i don't know",    "i do not know",   "i'm not sure",      "i am not sure", "i don't have enough",
    "es tut mir leid", "ich kann nicht", "ich weiß nicht",  "je suis désolé",  "je ne peux pas",    "je ne sais pas", "lo siento",
    "no puedo ",       "no lo sé",       "mi dispiace",     "desculpe",
};
constexpr std::size_t declining_bytes_max = 400;

bool declines(const Heard& heard) {
  if (heard.refused || heard.finish == FinishReason::refusal || heard.finish == FinishReason::content_filter) return true;
  std::string_view text = trimmed(heard.text);
  if (text.size() > declining_bytes_max) return false;
  auto begins = [&](std::string_view words) { return text.size() >= words.size() && iequals(text.substr(0, words.size()), words); };
  return std::any_of(std::begin(declining), std::end(declining), begins);
}

bool is_json(std::string_view text) { return json::Document::parse(trimmed(text)).has_value(); }

bool has_bad_json(const Heard& heard, const ChatRequest& request) {
  auto kind = request.response_format.kind;
  bool asked = kind == OutputFormat::Kind::json || kind == OutputFormat::Kind::schema;
  return asked && heard.calls.empty() && !is_json(heard.text);
}

bool has_bad_call(const Heard& heard, const ChatRequest& request) {
  auto known = [&](const std::string& name) {
    return std::any_of(request.tools.begin(), request.tools.end(), [&](const Tool& tool) { return tool.name == name; });
  };
  auto bad = [&](const auto& call) { return !known(call.first) || (!call.second.empty() && !is_json(call.second)); };
  return std::any_of(heard.calls.begin(), heard.calls.end(), bad);
}

bool has(AnswerFlaw flaw, const Heard& heard, const ChatRequest& request) {
  switch (flaw) {
    case AnswerFlaw::empty: return trimmed(heard.text).empty() && heard.calls.empty();
    case AnswerFlaw::declined: return heard.calls.empty() && declines(heard);
    case AnswerFlaw::cut_short: return heard.finish == FinishReason::length;
    case AnswerFlaw::bad_json: return has_bad_json(heard, request);
    case AnswerFlaw::bad_call: return has_bad_call(heard, request);
  }
  return false;
}

}  // namespace

std::optional<AnswerFlaw> flaw_of(const Heard& heard, const ChatRequest& request, std::span<const AnswerFlaw> looked_for) {
  if (heard.overflowed) return std::nullopt;
  for (AnswerFlaw flaw : looked_for)
    if (has(flaw, heard, request)) return flaw;
  return std::nullopt;
}

}  // namespace tollgate
