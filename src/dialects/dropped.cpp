#include "dialects/dropped.h"

#include <algorithm>
#include <cassert>

namespace tollgate {
namespace {

struct Setting {
  std::string_view name;
  bool (*said)(const ChatRequest& request);
};

constexpr Setting settings[] = {
    {"n", [](const ChatRequest& r) { return r.n.value_or(1) != 1; }},
    {"seed", [](const ChatRequest& r) { return r.seed.has_value(); }},
    {"top_k", [](const ChatRequest& r) { return r.top_k.has_value(); }},
    {"presence_penalty", [](const ChatRequest& r) { return !r.presence_penalty.empty(); }},
    {"frequency_penalty", [](const ChatRequest& r) { return !r.frequency_penalty.empty(); }},
    {"stop", [](const ChatRequest& r) { return !r.stop.empty(); }},
    {"logprobs", [](const ChatRequest& r) { return r.logprobs == true; }},
    {"top_logprobs", [](const ChatRequest& r) { return r.top_logprobs.has_value(); }},
    {"logit_bias", [](const ChatRequest& r) { return !r.logit_bias.empty(); }},
    {"user", [](const ChatRequest& r) { return !r.user.empty(); }},
    {"metadata", [](const ChatRequest& r) { return !r.metadata.empty(); }},
    {"service_tier", [](const ChatRequest& r) { return !r.service_tier.empty(); }},
    {"verbosity", [](const ChatRequest& r) { return !r.verbosity.empty(); }},
    {"prompt_cache_key", [](const ChatRequest& r) { return !r.prompt_cache_key.empty(); }},
    {"parallel_tool_calls", [](const ChatRequest& r) { return r.parallel_tool_calls == false; }},
    {"audio", [](const ChatRequest& r) { return !r.audio.empty(); }},
    {"store", [](const ChatRequest& r) { return r.store == true; }},
    {"previous_response_id", [](const ChatRequest& r) { return !r.previous_response_id.empty(); }},
    {"modalities",
     [](const ChatRequest& r) { return std::any_of(r.modalities.begin(), r.modalities.end(), [](const std::string& m) { return m != "text"; }); }},
};

}  // namespace

void Dropped::add_said(const ChatRequest& request, std::initializer_list<std::string_view> wanted) {
  for (std::string_view name : wanted) {
    auto found = std::find_if(std::begin(settings), std::end(settings), [&](const Setting& setting) { return setting.name == name; });
    assert(found != std::end(settings));
    add_if(found->said(request), name);
  }
}

std::vector<std::string> Dropped::take() {
  std::sort(names_.begin(), names_.end());
  names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
  return std::move(names_);
}

}  // namespace tollgate
