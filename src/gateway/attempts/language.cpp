#include "gateway/attempts/language.h"

#include <algorithm>

namespace tollgate {

const Dialect& language_at(const Exchange& x, const Target& target) {
  const auto& spoken = x.snapshot().facts[target.index].spoken;
  bool same = std::find(spoken.begin(), spoken.end(), x.door.dialect) != spoken.end();
  return same ? *x.door.dialect : *spoken.front();
}

bool bytes_pass(const Exchange& x, const Target& target) {
  return &language_at(x, target) == x.door.dialect && x.door.own_writer == nullptr;
}

TargetWays ways_of(const Exchange& x, const Target& target) {
  const TargetFacts& facts = x.snapshot().facts[target.index];
  TargetWays ways = facts.ways;
  ways.model = x.model_at(target);
  return ways;
}

AnswerFacts facts_of(const Exchange& x, const Try& t, std::int64_t now) {
  return {.id = x.row.id,
          .model = x.call.model,
          .now = now,
          .include_usage = x.call.include_usage,
          .request = x.chat ? &*x.chat : nullptr,
          .previous_id = x.previous_id,
          .stored = t.keeps};
}

Result<const ChatRequest*> middle_form(Exchange& x) {
  if (!x.chat) {
    TG_TRY(chat, x.door.dialect->read_request(x.call));
    x.chat = std::move(chat);
    bool kept_here = std::any_of(x.tries.begin(), x.tries.end(), [](const Try& one) { return one.keeps; });
    if (kept_here) x.chat->store.reset();
  }
  return &*x.chat;
}

}  // namespace tollgate
