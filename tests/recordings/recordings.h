#pragma once
// The recorded exchanges of the OpenAI wire family, one at a time, and what their usage means, computed apart from the
// product.

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "dialects/openai_chat/usage.h"
#include "domain/usage.h"
#include "json/document.h"
#include "json/scan.h"
#include "json/data_for_test.h"

namespace tollgate::recordings {

struct Recording {
  json::Value text;  // the record's own bytes, for extents
  json::Node root;
  std::string id;
  std::string api;
  std::string wire;
  std::string framing;
  std::string body;  // of the response
  int status = 0;    // 0: not known
};

inline bool is_openai_family(std::string_view wire) {
  return wire == "openai.chat" || wire == "mistral.chat" || wire == "openai.completions" || wire == "openai.embeddings";
}

inline void visit_line(const std::string& line, const std::function<void(const Recording&)>& visit) {
  // A cheap look first: most records are of other wires.
  if (line.find("\"openai.") == std::string::npos && line.find("\"mistral.") == std::string::npos) return;
  auto text = json::scan(line, {.refuse_duplicates = false});
  auto document = json::Document::parse(line, {.refuse_duplicates = false});
  if (!text || !document) return;
  json::Node root = document->root(), response = root["response"];
  std::string wire(root["wire"].string().value_or(""));
  if (!is_openai_family(wire) || response["body_encoding"].string() != "utf8") return;
  visit({.text = *text,
         .root = root,
         .id = std::string(root["id"].string().value_or("")),
         .api = std::string(root["api"].string().value_or("")),
         .wire = wire,
         .framing = std::string(response["framing"].string().value_or("")),
         .body = std::string(response["body_raw"].string().value_or("")),
         .status = static_cast<int>(response["status"].integer().value_or(0))});
}

inline void visit_all(const std::filesystem::path& folder, const std::function<void(const Recording&)>& visit) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".gz") continue;
    for (const std::string& line : json::test::gzip_lines(entry.path(), SIZE_MAX)) visit_line(line, visit);
  }
}

// The buckets of a provider's usage object, written down a second time and as plainly as can be.
inline std::optional<Usage> mapped(json::Node usage, const std::string& api) {
  auto first = [](std::initializer_list<json::Node> nodes) {
    for (json::Node node : nodes) {
      if (node.integer()) return *node.integer();
    }
    return std::int64_t{0};
  };
  if (!usage.is(json::Kind::object) || (!usage["prompt_tokens"].integer() && !usage["total_tokens"].integer()))
    return std::nullopt;
  json::Node in = usage["prompt_tokens_details"], out = usage["completion_tokens_details"];
  std::int64_t prompt = first({usage["prompt_tokens"], usage["total_tokens"]});
  std::int64_t completion = first({usage["completion_tokens"]});
  std::int64_t beyond = first({usage["total_tokens"]}) - prompt - completion;
  std::int64_t cached = first({in["cached_tokens"], usage["prompt_cache_hit_tokens"], usage["num_cached_tokens"]});
  std::int64_t written = first({in["cache_write_tokens"]});
  std::int64_t audio = first({in["audio_tokens"], usage["audio_prompt_tokens"]});
  std::int64_t reasoning = first({out["reasoning_tokens"], usage["reasoning_tokens"]});
  std::int64_t spoken = first({out["audio_tokens"]});
  // Several hosts report more cached tokens than prompt tokens; only xAI bills them so.
  std::int64_t read = api == "xai.chat" ? cached : std::min(cached, prompt);
  std::int64_t fresh = std::max<std::int64_t>(0, prompt - cached);
  written = std::min(written, fresh);
  return Usage{.input = {fresh - written - (beyond == audio ? 0 : audio)},
               .cache_read = {read},
               .cache_write_5m = {written},
               .cache_write_1h = {},
               .audio_input = {audio},
               .output = {completion - spoken - (beyond == reasoning ? 0 : reasoning)},
               .reasoning = {reasoning},
               .audio_output = {spoken}};
}

inline openai_chat::UsageQuirks quirks_of(const std::string& api) {
  bool xai = api == "xai.chat";
  return {.reasoning_outside_completion = xai, .cached_beyond_prompt = xai};
}

inline json::Node usage_node(json::Node root) {
  json::Node usage = root["usage"];
  return usage.is(json::Kind::object) ? usage : root["x_groq"]["usage"];
}

}  // namespace tollgate::recordings
