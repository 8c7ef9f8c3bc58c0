#pragma once
// One simulated provider behind its door: reads requests, plays what the seed wants with each, and notes what it told
// to whom.

#include "async/task_group.h"
#include "sim/provider_play.h"
#include "sim/sim_network.h"

namespace tollgate::sim {

class SimProvider {
 public:
  struct World {
    SimNetwork& network;
    Story& story;
    HostId host;
  };
  SimProvider(World world, std::string name, std::uint64_t seed, std::uint64_t fault_permille);

  // Opens the door and serves until stop().
  void start();
  Task<void> stop();
  std::size_t connections() const { return tasks_.size(); }

 private:
  Task<void> accept_all();
  Task<void> serve(std::unique_ptr<ByteStream> stream);
  Task<bool> play(SimStream& stream, Play play, ProviderCall& call);
  ProviderCall& note(const Question& question, std::string_view key, const Play& play);

  World world_;
  std::string name_;
  SeededRandom random_;
  std::uint64_t fault_permille_;
  Door door_;
  TaskGroup tasks_;
  Cancellation stopping_;
};

}  // namespace tollgate::sim
