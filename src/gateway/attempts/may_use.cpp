#include "gateway/attempts/may_use.h"

#include <algorithm>

#include "dialects/fields.h"
#include "gateway/attempts/meter.h"

namespace tollgate {
namespace {

using json::Kind;
using json::Value;

constexpr std::int64_t usual_searches = 30;  // of one answer, where nobody bounds them
constexpr std::int64_t most_searches = 1'000;
constexpr std::int64_t most_pages = 1'000;   // of a document: Mistral takes no more

// A bound that the caller gave, if it is one.
std::int64_t bound_of(const Value& object, std::string_view name, std::int64_t otherwise) {
  auto bound = field_of(object, name).integer();
  return bound && *bound >= 0 ? std::min(*bound, most_searches) : otherwise;
}

bool given(const Value& object, std::string_view name) { return !field_of(object, name).is(Kind::null); }

// Anthropic and Responses name a tool's type, Gemini has a field for each.
void add_tool(const Value& tool, std::int64_t most_calls, MayUse& may) {
  std::string type = text_field(tool, "type");
  bool google = given(tool, "google_search") || given(tool, "googleSearch") || given(tool, "google_search_retrieval") ||
                given(tool, "googleSearchRetrieval");
  if (type.starts_with("web_search") || google) may.web_searches += bound_of(tool, "max_uses", most_calls);
  if (type == "file_search") may.file_searches += most_calls;
}

void add_searches(const Value& root, MayUse& may) {
  std::int64_t most_calls = bound_of(root, "max_tool_calls", usual_searches);
  for (const Value& tool : json::Elements(field_of(root, "tools"))) add_tool(tool, most_calls, may);
  bool searches_anyway = given(root, "web_search_options") || given(root, "plugins") || given(root, "search_parameters");
  if (searches_anyway) may.web_searches += most_calls;
}

std::int64_t pages_of(const Value& root) {
  if (!given(root, "document")) return 0;
  std::int64_t named = 0;
  for (const Value& page : json::Elements(field_of(root, "pages"))) named += page.is(Kind::number) ? 1 : 0;
  return named > 0 ? named : most_pages;
}

}  // namespace

ServiceTier asked_tier(const Exchange& x) {
  const Value& root = x.call.root;
  if (text_field(root, "speed") == "fast") return ServiceTier::fast;
  std::string word = text_field(root, "service_tier");
  if (word.empty()) word = text_field(root, "serviceTier");
  if (word.empty()) word = text_field(field_of(root, "serviceTier"), "type");
  return service_named(word);
}

MayUse may_use(const Exchange& x) {
  MayUse may{.images = x.call.images, .audio_ms = x.call.audio_ms_most, .characters = spoken_characters(x), .tier = asked_tier(x)};
  add_searches(x.call.root, may);
  may.pages = pages_of(x.call.root);
  return may;
}

}  // namespace tollgate
