#include "gateway/steps/traits.h"

#include <algorithm>

#include "gateway/attempts/language.h"

namespace tollgate {
namespace {

constexpr int depth_max = 8;

bool has_picture(const ChatRequest& chat) {
  auto is_picture = [](const Part& part) { return part.as<Media>() != nullptr; };
  return std::any_of(chat.messages.begin(), chat.messages.end(),
                     [&](const Message& message) { return std::any_of(message.parts.begin(), message.parts.end(), is_picture); });
}

bool anyone_lacks(const Route& route, int depth = 0) {
  if (!route.lacks.empty()) return true;
  return depth < depth_max && std::any_of(route.fallback.begin(), route.fallback.end(), [&](const Route* next) { return anyone_lacks(*next, depth + 1); });
}

}  // namespace

bool has_trait(const Exchange& x, const ChatRequest& chat, CallTrait trait) {
  switch (trait) {
    case CallTrait::tools: return !chat.tools.empty();
    case CallTrait::images: return has_picture(chat);
    case CallTrait::json_schema: return chat.response_format.kind == OutputFormat::Kind::schema;
    case CallTrait::streaming: return x.call.stream;
  }
  return false;
}

CallTraits needed_traits(Exchange& x) {
  CallTraits needs;
  if (x.door.operation != Operation::chat || !anyone_lacks(*x.route)) return needs;
  auto chat = middle_form(x);
  if (!chat) return needs;  // whoever writes it says what is wrong
  for (CallTrait trait : {CallTrait::tools, CallTrait::images, CallTrait::json_schema, CallTrait::streaming})
    if (has_trait(x, **chat, trait)) needs.add(trait);
  return needs;
}

}  // namespace tollgate
