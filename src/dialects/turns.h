#pragma once
// A conversation as dialects want it where two sides speak in turns: what comes from one side stands in one turn, results of tools in
// front, nothing empty; what the system says stands apart.

#include <vector>

#include "domain/chat_request.h"

namespace tollgate {

struct Turn {
  Role role;  // user, assistant, or system where such turns may stand amid the others
  std::vector<const Part*> parts;
};

struct Conversation {
  std::vector<const Part*> system;
  std::vector<Turn> turns;
  bool names = false;  // some speaker has a name, which is in no turn
};

enum class SystemTurns : unsigned char { in_front, where_they_stand };
// Views into the request.
Conversation turns_of(const ChatRequest& request, SystemTurns place);

bool says_nothing(const Part& part);

}  // namespace tollgate
