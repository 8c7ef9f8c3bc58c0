// The simulator: the whole gateway in one thread under a seed.
//
//   1  A seed draws everything: how many clients, what each asks and how it behaves, what providers do with each
//      request, how the network carries bytes, budgets and durability of the configuration, and what befalls the
//      gateway and its disk.
//   2  Gateway, clients and providers run as coroutines of one reactor. Time moves only when none of them can
//      (virtual_time.h), so a run of minutes takes milliseconds, and the same seed runs the same way again.
//   3  Clients ask over a network in memory (sim_network.h): any chunking, latency, resets, silence. Some hang up, read
//      slowly, send slowly, use a wrong key, or share a small budget with others at the same moment.
//   4  Providers answer, refuse, stall, cut, send garbage, tell no usage (provider_play.h), and note what they told.
//   5  The gateway (sim_house.h) is the real one, from its HTTP server to its HTTP client and its journal. The
//      journal's steps run as events, on a disk (sim_disk.h) that is slow, full, or fails.
//   6  The gateway is killed, loses its power with any of its unsynced pages, or stops in order; a new one starts from
//      what is left on the disk, and clients go on.
//   7  At each finished request: no limit is over its amount. After each start and at the end: the counters are the
//      sums of the rows, every row is right by hand. At the end: every client had exactly one end, in time, with the
//      row, text and usage that its provider gave; nothing is reserved, open or held any more (checker.h).
//   8  A failure prints what is wrong, its seed, and how to run it again. --trace shows all that happened.

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <string_view>

#include "sim/scenario.h"

namespace {

using namespace tollgate;

struct Options {
  std::uint64_t first = 1;
  std::uint64_t last = 300;
  bool trace = false;
};

bool read_number(std::string_view text, std::uint64_t& out) {
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  return code == std::errc() && end == text.data() + text.size();
}

// `A..B`, or one seed.
bool read_seeds(std::string_view text, Options& options) {
  std::size_t dots = text.find("..");
  if (dots == text.npos) return read_number(text, options.first) && read_number(text, options.last);
  return read_number(text.substr(0, dots), options.first) && read_number(text.substr(dots + 2), options.last) &&
         options.first <= options.last;
}

bool read_options(int count, char** words, Options& options) {
  for (int i = 1; i < count; ++i) {
    std::string_view word = words[i];
    if (word == "--trace")
      options.trace = true;
    else if (word == "--seeds" && i + 1 < count && read_seeds(words[i + 1], options))
      ++i;
    else
      return false;
  }
  return true;
}

bool run_seed(std::uint64_t seed, bool trace) {
  sim::Story story = sim::run_scenario(seed);
  if (trace) fmt::print("{}", story.trace);
  if (story.faults.empty()) return true;
  fmt::print("seed {}: {} broken promises\n", seed, story.faults.size());
  for (const std::string& fault : story.faults) fmt::print("  {}\n", fault);
  fmt::print("  again: tollgate_sim --seeds {} --trace\n", seed);
  return false;
}

}  // namespace

int main(int count, char** words) {
  Options options;
  if (!read_options(count, words, options)) {
    fmt::print(stderr, "tollgate_sim [--seeds A..B] [--trace]    the simulator; by default seeds 1..300\n");
    return 2;
  }
  constexpr std::uint64_t progress_every = 100;
  std::uint64_t passed = 0, failed = 0;
  for (std::uint64_t seed = options.first; seed <= options.last; ++seed) {
    ++(run_seed(seed, options.trace) ? passed : failed);
    if ((passed + failed) % progress_every == 0) fmt::print("{} seeds, {} failed\n", passed + failed, failed);
    std::fflush(stdout);
  }
  fmt::print("{} passed, {} failed, 0 skipped\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
