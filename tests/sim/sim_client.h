#pragma once
// One simulated client: connects, asks a few times, one after another, behaves as its seed says, and notes how each
// call ended.

#include "sim/client_call.h"
#include "sim/sim_network.h"

namespace tollgate::sim {

class SimClient {
 public:
  struct World {
    SimNetwork& network;
    Story& story;
    HostId host;
  };
  struct Plan {
    int number = 0;
    int key = 0;
    int calls = 1;
    Duration starts{};  // after the beginning
    std::uint64_t seed = 0;
  };
  SimClient(World world, Plan plan);

  Task<void> run();

 private:
  Task<void> make_call(DrawnCall drawn);
  Task<bool> connect(ClientCall& call);
  Task<bool> send(ClientCall& call, const DrawnCall& drawn);
  Task<void> read(ClientCall& call, const Behaviour& behaviour);
  void leave(ClientCall& call, const Leaving& leaving);
  void end(ClientCall& call, CallEnd how);

  World world_;
  Plan plan_;
  SeededRandom random_;
  SimDialer dialer_;
  std::unique_ptr<ByteStream> stream_;
};

}  // namespace tollgate::sim
