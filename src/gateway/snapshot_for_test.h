#pragma once
// A small gateway configuration, made by hand:
//
//   key     dev (secret sk-dev) of team search and user alice, may say another user; narrow (sk-narrow) may ask for `n*` only
//   route   m           targets first and second, then its fallback `spare`; no back-off worth mentioning
//   prices  of first and second: 1 USD for a million tokens of input, 2 for output; of spare ten times that
//
// A test may change it before it is published.

#include <stdexcept>

#include "dialects/openai_chat/openai_chat.h"
#include "gateway/snapshot.h"
#include "limits/limits_for_test.h"
#include "limits/state.h"

namespace tollgate {

inline constexpr std::string_view catalogue_for_test = R"({"format":1,"fallback":{},"makers":["maker"],"models":[
  {"provider":"maker","model":"cheap","max_output":1000,"prices":[{"id":"cheap@1","source":"s","input":"1","output":"2"}]},
  {"provider":"maker","model":"dear","max_output":1000,"prices":[{"id":"dear@1","source":"s","input":"10","output":"20"}]},
  {"provider":"maker","model":"boundless","prices":[{"id":"boundless@1","source":"s","input":"1","output":"2"}]},
  {"provider":"maker","model":"spoken","max_output":0,"prices":[{"id":"spoken@1","source":"s","characters":"15"}]},
  {"provider":"maker","model":"heard","max_output":0,"prices":[{"id":"heard@1","source":"s","audio_hour":"0.36"}]},
  {"provider":"maker","model":"served","max_output":1000,"prices":[{"id":"served@1","source":"s","input":"1","output":"2",
    "services":[{"service":"priority","id":"served@1/priority","input":"3","output":"6"},{"service":"flex","id":"served@1/flex","input":"0.5","output":"1"}]}]}]})";

class SnapshotForTest {
 public:
  explicit SnapshotForTest(Counters& counters) : counters_(counters) {
    catalogue_ = std::make_shared<const Catalogue>(*Catalogue::load(catalogue_for_test));
    snapshot->catalogue = catalogue_;
    snapshot->keys = keys();
    limit({});
    asked = &add_route("m", {"first", "second"}, "cheap");
    spare = &add_route("spare", {"spare"}, "dear");
    asked->fallback = {spare};
  }

  // No `price`: unpriced.
  Route& add_route(std::string name, std::vector<std::string> providers, std::string_view price) {
    Route& route = snapshot->routes.add_route(std::move(name));
    route.fallback_on = RouteConfig{}.fallback_on;
    route.retry = {.attempts = 2, .backoff = milliseconds(1), .max_backoff = milliseconds(1)};
    route.total = seconds(120);
    for (std::string& provider : providers) {
      Target& target = snapshot->routes.add_target();
      target.model = "their-" + provider;
      target.keys.push_back({.name = "main", .secret = Secret("sk-" + provider), .weight = 1});
      target.provider = std::move(provider);
      route.targets.push_back(&target);
      targets.push_back(&target);
      snapshot->facts.push_back({.priced = catalogue_->find("maker", price), .spoken = {&openai_chat::dialect()}, .quirks = {}, .forward_headers = {}});
    }
    return route;
  }
  void limit(std::vector<LimitSpec> specs) {
    snapshot->limits = std::make_shared<const Policy>(policy_of(std::move(specs), counters_));
  }

  std::shared_ptr<Snapshot> snapshot = std::make_shared<Snapshot>();
  // The price of all targets of the first route.
  void price(std::string_view name) {
    for (const Target* target : asked->targets) snapshot->facts[target->index].priced = catalogue_->find("maker", name);
  }
  Route* asked = nullptr;
  Route* spare = nullptr;
  std::vector<Target*> targets;

 private:
  static std::shared_ptr<const KeyTable> keys() {
    static const crypto::Key pepper =
        *crypto::Key::parse("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    KeyTableBuilder builder(pepper);
    VirtualKey dev{.name = "dev", .attribution = {.team = "search", .user = "alice", .feature = {}, .tags = {}}};
    dev.may_set.user = true;
    VirtualKey narrow{.name = "narrow", .models = {"n*"}};
    if (!builder.add(dev, "sk-dev") || !builder.add(narrow, "sk-narrow")) throw std::runtime_error("bad key");
    return std::make_shared<const KeyTable>(*std::move(builder).build());
  }

  Counters& counters_;
  std::shared_ptr<const Catalogue> catalogue_;
};

}  // namespace tollgate
