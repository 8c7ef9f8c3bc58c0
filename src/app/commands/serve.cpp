#include "app/commands/serve.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "app/house.h"
#include "app/version.h"
#include "crypto/base62.h"
#include "crypto/random.h"
#include "limits/zone.h"

namespace tollgate {
namespace {

constexpr std::string_view help = R"(tollgate serve [--config FILE] [--data DIR] [--allow-plain-secrets]

Runs the gateway until SIGTERM or SIGINT; SIGHUP reads the configuration again.
Without --config it takes ./tollgate.yaml, and where there is none it starts on
defaults: loopback only, no provider.

  tollgate serve --config tollgate.yaml --data ./tollgate-data
)";

constexpr std::string_view default_file = "tollgate.yaml";
constexpr std::size_t token_bytes = 24;

struct Choice {
  std::string file;  // empty: defaults
  ConfigOptions options;
};

ConfigResult read_config(const Choice& choice) {
  return choice.file.empty() ? default_config(choice.options) : load_config_file(choice.file, choice.options);
}

int print_faults(const std::vector<ConfigFault>& faults) {
  for (const ConfigFault& fault : faults) fmt::print(stderr, "{}\n", to_string(fault));
  return exit_no;
}

Choice choose(const CommandLine& line) {
  Choice choice;
  if (auto file = line.value("config")) choice.file = *file;
  else if (std::filesystem::exists(default_file)) choice.file = default_file;
  choice.options.allow_plain_secrets = line.has("allow-plain-secrets");
  choice.options.zone_exists = [](std::string_view name) { return Zone::load(name).has_value(); };
  auto catalogue = Catalogue::load(Catalogue::shipped());
  if (catalogue) {
    auto shared = std::make_shared<Catalogue>(std::move(*catalogue));
    choice.options.catalogue_has_price = [shared](std::string_view name) { return shared->find_named(name) != nullptr; };
  }
  return choice;
}

// The tokens of the configuration. Where the administrator has none, one is made for this run, and told once.
std::vector<AdminToken> admin_tokens(const AdminConfig& admin) {
  auto sources = config::SecretSources::of_process();
  std::vector<AdminToken> tokens;
  auto add = [&](const SecretRef& ref, AdminRole role, std::string name, std::string team = {}) {
    auto resolved = config::resolve(ref, sources);
    if (resolved && *resolved) tokens.push_back({std::move(**resolved), role, std::move(name), std::move(team)});
  };
  add(admin.token, AdminRole::admin, "admin.token");
  if (tokens.empty()) {
    tokens.push_back({Secret("tg_admin_" + crypto::base62(crypto::random_bytes(token_bytes))), AdminRole::admin, "the token of this run"});
    fmt::print(stderr, "tollgate: admin token for this run: {}\n", tokens.front().token.reveal());
  }
  for (const auto& entry : admin.tokens) add(entry.value.secret, entry.value.role, "admin.tokens." + entry.name, entry.value.team);
  return tokens;
}

// No thread may take these; the main thread waits for them.
sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return set;
}

// Secrets must not reach a core file; as many descriptors as we may have.
void harden_process() {
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
}

void wait_for_the_end(House& house, const sigset_t& signals) {
  for (;;) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal != SIGHUP) return;
    auto reloaded = house.reload("SIGHUP");
    if (reloaded) fmt::print(stderr, "tollgate: configuration reloaded\n");
    else fmt::print(stderr, "{}\ntollgate: the configuration in force stays\n", reloaded.error().detail);
  }
}

int serve(std::span<const std::string> words) {
  CommandLine line;
  auto bad = line.read(words, {{"config", Option::value}, {"data", Option::value}, {"allow-plain-secrets", Option::flag}});
  if (bad) return misuse(serve_command, *bad);
  if (!line.rest().empty()) return misuse(serve_command, "it takes no such word: " + line.rest().front());
  harden_process();
  sigset_t signals = block_signals();
  Choice choice = choose(line);
  ConfigResult loaded = read_config(choice);
  if (!loaded) return print_faults(loaded.error());
  for (const ConfigFault& warning : loaded->warnings) fmt::print(stderr, "{}\n", to_string(warning));

  House::Plan plan;
  plan.config = std::move(loaded->config);
  plan.data = line.value("data").value_or(plan.config.data);
  plan.file = choice.file;
  plan.reload = [choice] { return read_config(choice); };
  plan.options = choice.options;
  plan.admin_tokens = admin_tokens(plan.config.admin);
  auto house = House::open(std::move(plan));
  if (!house) {
    fmt::print(stderr, "tollgate: {}\n", house.error().detail);
    return exit_no;
  }
  fmt::print(stderr, "tollgate {}: models on port {}, admin on port {}\n", version_text, (*house)->model_port(),
             (*house)->admin_port());
  wait_for_the_end(**house, signals);
  fmt::print(stderr, "tollgate: finishing the calls that run\n");
  auto stopped = (*house)->stop();
  if (!stopped) fmt::print(stderr, "tollgate: {}\n", stopped.error().detail);
  return stopped ? exit_yes : exit_no;
}

}  // namespace

const Command serve_command{"serve", "runs the gateway", help, serve};

}  // namespace tollgate
