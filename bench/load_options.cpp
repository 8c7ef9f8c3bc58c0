#include "bench/load_options.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include <fmt/format.h>

namespace tollgate::bench {

const std::string_view kLoadHelp =
    R"(tollgate_load: HTTP clients and the upstream behind a proxy, in one spinning process.

  --to HOST:PORT       the proxy (none: straight to the stub)
  --stub HOST:PORT     listen here as the upstream
  --connections N      clients (64); 0: only the stub
  --rate R             open loop: R requests a second (0: closed loop)
  --seconds S          measured time (2), after --warm S (0.5)
  --body-bytes N       size of a request's body (1024)
  --path P --key K --model M
  --stream             answers are streams of --events N (50), one each --pace-us U (0: all at once)
  --delay-us U         the upstream thinks this long
  --pid P[,P…]         count the CPU of these processes
  --hold               ask once on each connection, print "held N", stay until standard input ends
  --sleep              do not spin
  --json               one line of JSON instead of words

Example: taskset -c 0 tollgate_load --to 127.0.0.1:8080 --stub 127.0.0.1:9000 --connections 16 --pid 4711
)";

namespace {

template <typename Number>
bool read(std::string_view word, Number& into) {
  auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), into);
  return error == std::errc() && end == word.data() + word.size();
}

bool read_list(std::string_view word, std::vector<int>& into) {
  while (!word.empty()) {
    std::size_t comma = std::min(word.find(','), word.size());
    int number = 0;
    if (!read(word.substr(0, comma), number)) return false;
    into.push_back(number);
    word.remove_prefix(std::min(comma + 1, word.size()));
  }
  return true;
}

bool set_text(LoadOptions& options, std::string_view name, std::string_view value) {
  std::string* field = name == "--to"      ? &options.to
                       : name == "--stub"  ? &options.stub
                       : name == "--path"  ? &options.path
                       : name == "--key"   ? &options.key
                       : name == "--model" ? &options.model
                                           : nullptr;
  if (field == nullptr) return false;
  *field = value;
  return true;
}

bool set_number(LoadOptions& options, std::string_view name, std::string_view value) {
  if (name == "--connections") return read(value, options.connections);
  if (name == "--rate") return read(value, options.rate);
  if (name == "--seconds") return read(value, options.seconds);
  if (name == "--warm") return read(value, options.warm_seconds);
  if (name == "--body-bytes") return read(value, options.body_bytes);
  if (name == "--events") return read(value, options.events);
  if (name == "--pace-us") return read(value, options.pace_us);
  if (name == "--delay-us") return read(value, options.delay_us);
  return name == "--pid" && read_list(value, options.processes);
}

bool set_flag(LoadOptions& options, std::string_view name) {
  bool* field = name == "--stream"  ? &options.stream
                : name == "--hold"  ? &options.hold
                : name == "--sleep" ? &options.sleep
                : name == "--json"  ? &options.json
                                    : nullptr;
  if (field != nullptr) *field = true;
  return field != nullptr;
}

std::optional<LoadOptions> refuse(std::string_view why) {
  fmt::print(stderr, "tollgate_load: {}; see --help\n", why);
  return std::nullopt;
}

}  // namespace

std::optional<LoadOptions> LoadOptions::parse(int count, char** words) {
  LoadOptions options;
  for (int at = 1; at < count; ++at) {
    std::string_view name = words[at];
    if (name == "--help") {
      fmt::print("{}", kLoadHelp);
      return std::nullopt;
    }
    if (set_flag(options, name)) continue;
    if (at + 1 >= count) return refuse(fmt::format("{} is unknown or lacks its value", name));
    std::string_view value = words[++at];
    if (!set_text(options, name, value) && !set_number(options, name, value))
      return refuse(fmt::format("{} {}", name, value));
  }
  if (options.to.empty() && options.stub.empty()) return refuse("give --to, --stub or both");
  if (options.to.empty()) options.to = options.stub;
  return options;
}

}  // namespace tollgate::bench
