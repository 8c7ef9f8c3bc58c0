#include "gateway/attempts/follower.h"

#include "gateway/attempts/cascade.h"
#include "gateway/attempts/event_follower.h"
#include "gateway/attempts/language.h"
#include "gateway/attempts/passed_stream.h"
#include "gateway/attempts/passing.h"

namespace tollgate {

namespace {

// Whether the route needs to know what the answer says: then even bytes of the caller's own language are read and written anew.
bool is_understood(Exchange& x, const Try& t) {
  bool possible = x.door.operation == Operation::chat && x.door.own_writer == nullptr && x.call.answers == 1;
  bool wanted = possible && (x.route->goes_on || is_judged(x, t));
  return wanted && middle_form(x).has_value();
}

}  // namespace

std::unique_ptr<Follower> make_follower(Exchange& x, Try& t, std::int64_t now) {
  const Target& target = *t.target;
  if (x.door.operation == Operation::passthrough) {
    const Dialect& language = *x.snapshot().facts[target.index].spoken.front();
    return std::unique_ptr<Follower>(new PassedStream(language, x.door.dialect->event_writer(facts_of(x, t, now))));
  }
  if (is_understood(x, t)) {
    auto writer = x.door.dialect->event_writer(facts_of(x, t, now));
    std::unique_ptr<EventFollower> follower(new EventFollower(language_at(x, target), EventFollower::Way::translate, std::move(writer), x.row.id));
    follower->keep_what_is_heard();
    return follower;
  }
  bool passes = bytes_pass(x, target);
  if (passes && x.door.speaks_openai()) {
    auto asked = x.openai.include_usage ? openai_chat::UsageAsked::yes : openai_chat::UsageAsked::no;
    return std::unique_ptr<Follower>(new OpenAiPassing(asked, x.snapshot().facts[target.index].quirks, t.partial));
  }
  AnswerFacts facts = facts_of(x, t, now);
  auto writer = x.door.own_writer != nullptr ? x.door.own_writer(facts) : x.door.dialect->event_writer(facts);
  auto way = passes ? EventFollower::Way::pass : EventFollower::Way::translate;
  std::unique_ptr<EventFollower> follower(new EventFollower(language_at(x, target), way, std::move(writer), x.row.id));
  if (passes && x.output_set_aside > 0) follower->read_along();
  return follower;
}

}  // namespace tollgate
