#include "gateway/attempts/heard.h"

namespace tollgate {

void Heard::add(std::string& to, std::string_view more) {
  if (to.size() + more.size() > bytes_max)
    overflowed = true;
  else
    to += more;
}

void Heard::add_call(const ToolCall& call) {
  if (calls.size() >= calls_max || call.name.size() + call.arguments.size() > bytes_max)
    overflowed = true;
  else
    calls.emplace_back(call.name, call.arguments);
}

void Heard::begin(const BlockStart& start) {
  bool text_like = start.part.as<Text>() != nullptr;
  if (start.part.as<Refusal>() != nullptr) refused = true;
  if (const auto* call = start.part.as<ToolCall>()) add_call(*call);
  if (!text_like || start.choice != 0) is_text = false;
}

void Heard::grow(const BlockDelta& delta) {
  if (delta.choice != 0) return;
  if (delta.what == BlockDelta::What::text) add(text, delta.text);
  if (delta.what == BlockDelta::What::arguments && !calls.empty()) add(calls.back().second, delta.text);
}

void Heard::take(const StreamEvent& event) {
  if (const auto* start = std::get_if<BlockStart>(&event)) begin(*start);
  if (const auto* delta = std::get_if<BlockDelta>(&event)) grow(*delta);
  if (const auto* end = std::get_if<ChoiceEnd>(&event); end != nullptr && end->choice == 0) finish = end->finish;
}

Heard Heard::of(const ChatResponse& response) {
  Heard heard;
  if (response.choices.empty()) return heard;
  const ChatChoice& choice = response.choices.front();
  heard.finish = choice.finish;
  heard.is_text = response.choices.size() == 1;
  for (const Part& part : choice.parts) {
    if (const auto* said = part.as<Text>())
      heard.add(heard.text, said->text);
    else
      heard.is_text = false;
    if (part.as<Refusal>() != nullptr) heard.refused = true;
    if (const auto* call = part.as<ToolCall>()) heard.add_call(*call);
  }
  return heard;
}

}  // namespace tollgate
