#include "gateway/attempts/follower.h"

#include "gateway/attempts/event_follower.h"
#include "gateway/attempts/language.h"
#include "gateway/attempts/passed_stream.h"
#include "gateway/attempts/passing.h"

namespace tollgate {

std::unique_ptr<Follower> make_follower(Exchange& x, const Target& target, std::int64_t now) {
  if (x.door.operation == Operation::passthrough) {
    const Dialect& language = *x.snapshot().facts[target.index].spoken.front();
    return std::unique_ptr<Follower>(new PassedStream(language, x.door.dialect->event_writer(facts_of(x, now))));
  }
  bool passes = bytes_pass(x, target);
  if (passes && x.door.speaks_openai()) {
    auto asked = x.openai.include_usage ? openai_chat::UsageAsked::yes : openai_chat::UsageAsked::no;
    return std::unique_ptr<Follower>(new OpenAiPassing(asked, x.snapshot().facts[target.index].quirks, x.partial));
  }
  AnswerFacts facts = facts_of(x, now);
  auto writer = x.door.own_writer != nullptr ? x.door.own_writer(facts) : x.door.dialect->event_writer(facts);
  auto way = passes ? EventFollower::Way::pass : EventFollower::Way::translate;
  return std::unique_ptr<Follower>(new EventFollower(language_at(x, target), way, std::move(writer), x.row.id));
}

}  // namespace tollgate
