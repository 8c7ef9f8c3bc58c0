#include "dialects/turns.h"

#include <algorithm>

namespace tollgate {
namespace {

void append(std::vector<const Part*>& out, const std::vector<const Part*>& more) { out.insert(out.end(), more.begin(), more.end()); }

// A turn in which nothing is left would be refused; its neighbours then are one turn.
std::vector<Turn> without_empty(std::vector<Turn> turns) {
  std::vector<Turn> kept;
  for (Turn& turn : turns) {
    if (turn.parts.empty()) continue;
    if (!kept.empty() && kept.back().role == turn.role)
      append(kept.back().parts, turn.parts);
    else
      kept.push_back(std::move(turn));
  }
  return kept;
}

}  // namespace

bool says_nothing(const Part& part) {
  const auto* text = part.as<Text>();
  return text != nullptr && text->text.empty();
}

Conversation turns_of(const ChatRequest& request, SystemTurns place) {
  Conversation out;
  std::vector<Turn> turns;
  for (const Message& message : request.messages) {
    bool told = message.role == Role::system || message.role == Role::developer;
    out.names |= !told && !message.name.empty();
    bool apart = told && (place == SystemTurns::in_front || turns.empty());
    if (apart) {
      for (const Part& part : message.parts) out.system.push_back(&part);
      continue;
    }
    Role side = told ? Role::system : message.role == Role::assistant ? Role::assistant : Role::user;
    if (turns.empty() || turns.back().role != side || told) turns.push_back({side, {}});
    for (const Part& part : message.parts)
      if (told || !says_nothing(part)) turns.back().parts.push_back(&part);
  }
  out.turns = without_empty(std::move(turns));
  for (Turn& turn : out.turns)
    if (turn.role == Role::user)
      std::stable_partition(turn.parts.begin(), turn.parts.end(), [](const Part* part) { return part->as<ToolResult>() != nullptr; });
  return out;
}

}  // namespace tollgate
