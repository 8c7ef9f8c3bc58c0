#include "gateway/attempts/follower.h"

#include "gateway/attempts/passing.h"

namespace tollgate {

std::unique_ptr<Follower> make_follower(const Exchange& x, const Target& target) {
  auto asked = x.request.include_usage ? openai_chat::UsageAsked::yes : openai_chat::UsageAsked::no;
  return std::unique_ptr<Follower>(new OpenAiPassing(asked, x.snapshot().facts[target.index].quirks));
}

}  // namespace tollgate
