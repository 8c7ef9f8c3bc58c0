#include "dialects/anthropic_messages/hosted_body.h"

#include "json/value.h"
#include "json/write.h"

namespace tollgate::anthropic_messages {

std::string hosted_body(std::string_view body, std::string_view version) {
  std::string out;
  out.reserve(body.size() + 64);
  json::Writer writer(out);
  writer.begin_object().member("anthropic_version", version);
  for (const json::Member& member : json::Members({.raw = body, .kind = json::Kind::object})) {
    if (member.key_is("model") || member.key_is("anthropic_version")) continue;
    writer.key(member.key()).raw(member.value);
  }
  writer.end_object();
  return out;
}

}  // namespace tollgate::anthropic_messages
