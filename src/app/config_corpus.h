#pragma once
// For tests only: settings files that are subtly wrong. Each is refused, at its place and with the words that mend it
// (acceptance item 53). The cases stand in config_corpus_*_test.cpp.

#include <gtest/gtest.h>

#include <span>
#include <string_view>

#include "app/config.h"

namespace tollgate {

struct WrongConfig {
  std::string_view place;  // line:column of its only fault
  std::string_view words;  // part of the message
  std::string_view text;
};

// What cases lean on that need a provider `p` and a route `r`.
constexpr std::string_view provider_and_route =
    "providers: { p: { type: openai, keys: { main: { secret: env:P } } } }\n"
    "routes: { r: { targets: [ { provider: p, model: gpt-4o } ] } }\n";

// A world without MISSING* and TOLLGATE_ADMIN_TOKEN, with a few odd secrets, one catalogue price and two time zones.
ConfigOptions corpus_options();

// Checks every case with `rest` behind it. Each has one fault only: one that follows from another would confuse.
void refuses_all(std::span<const WrongConfig> cases, std::string_view rest);

}  // namespace tollgate
