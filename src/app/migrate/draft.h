#pragma once
// A configuration in the making: what another gateway's file says, in our own settings, and how it is written down.
//
// Secrets are references only (`env:NAME`); whoever fills it in puts no secret's text anywhere.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate {

struct DraftKey {
  std::string name = "main";
  std::string secret{};         // a reference
  std::string access_key_id{};  // bedrock
  std::string session_token{};  // a reference
  std::string tenant{}, client_id{};
  friend bool operator==(const DraftKey&, const DraftKey&) = default;
};

struct DraftProvider {
  std::string name{};
  std::string type{};
  std::string base_url{};
  std::string region{};
  std::string api_version{};
  std::string total{};  // timeouts.total, a duration
  std::vector<std::pair<std::string, std::string>> headers{};
  std::optional<DraftKey> key{};
  bool same_as(const DraftProvider& other) const;  // but for the name
};

struct DraftTarget {
  std::string provider{}, model{}, price{};
  std::int64_t weight = 1;
  std::int64_t max_in_flight = 0;  // 0: no bound
};

struct DraftRoute {
  std::string name{};
  std::string strategy{};  // empty: ordered
  std::vector<DraftTarget> targets{};
  std::vector<std::string> fallback{};
  std::vector<std::string> fallback_on{};  // empty: as usual
  std::optional<std::int64_t> retries{};
  std::string total{};    // timeouts.total
  std::string breaker{};  // in flow style, or off; empty: as usual
};

// USD for a million tokens, as decimals; empty: not said.
struct DraftPrice {
  std::string name{};
  std::vector<std::pair<std::string, std::string>> rates{};
};

struct DraftLimit {
  std::string name{};
  std::vector<std::string> providers{};
  std::string model{};  // the route
  std::string each{};
  std::string measure{};
  std::string amount{};
  std::string window{};  // `every: day` or `rolling: 2h`; empty: calls at once
};

struct Draft {
  bool open_routes = false;
  std::string admin_token{};  // a reference
  std::vector<DraftProvider> providers{};
  std::vector<DraftRoute> routes{};
  std::vector<DraftPrice> prices{};
  std::vector<DraftLimit> limits{};

  // The provider like this one, added under a free name where there is none yet.
  const std::string& provider_like(DraftProvider wanted);
  DraftRoute* route(std::string_view name);
  DraftRoute& route_or_new(const std::string& name);
  void add_limit(DraftLimit limit);  // under a free name
  // What is left of 1 to 1000 when weights are kept in proportion.
  static void fit_weights(DraftRoute& route);
};

// As tollgate.yaml, with a virtual key `main`. `from` is named in its first line.
std::string yaml_of(const Draft& draft, std::string_view from);

// The one virtual key of such a file.
constexpr std::string_view draft_key_variable = "TOLLGATE_KEY";

// A text as YAML reads it back, in quotes where it needs them.
std::string yaml_text(std::string_view text);

}  // namespace tollgate
