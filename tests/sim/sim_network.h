#pragma once
// A network in memory, in virtual time: pairs of bounded pipes with latency, any chunking, resets, refusals and
// silence.
//
//   Door        where somebody listens; named like a host
//   SimDialer   connects to doors, as the Dialer of one host
//   SimStream   one end of a connection
//
// It behaves as TCP does where a gateway can tell: bytes come in order or not at all; an end that closes with unread
// input resets, and a reset may throw away what the peer has not read; a host that is killed still delivers what its
// kernel had taken, one whose power went does not. All chance comes from the seed. The network outlives everything on
// it.

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "async/random.h"
#include "ports/network.h"
#include "sim/virtual_time.h"

namespace tollgate::sim {

class SimNetwork;
class SimStream;

// Who holds an end. Each start of the gateway is a host of its own, so that the network can tell the dead from the
// living.
using HostId = int;

// How a connection carries bytes. Drawn for each connection.
struct LinkManner {
  Duration latency = milliseconds(1);
  std::size_t piece_max = 64 * 1024;  // of what arrives at once
  std::size_t room = 64 * 1024;       // bytes that one way holds: on the wire and unread
};

struct Link {
  struct Way {
    std::string arrived;  // ready to be read
    std::size_t on_wire = 0;
    Instant last_delivery{};   // bytes do not overtake each other
    bool finished = false;     // the writer said so
    bool end_arrived = false;  // and the reader knows
    bool broken = false;       // a reset reached the reader
    bool silent = false;       // nothing is delivered any more, and nobody is told
    bool lost = false;         // the writer's power went: its bytes are lost, a reset may still come
  };
  LinkManner manner;
  std::array<Way, 2> ways;           // [i]: what end i reads
  std::array<SimStream*, 2> ends{};  // null once closed
};

class SimStream final : public ByteStream {
 public:
  SimStream(SimNetwork& network, std::shared_ptr<Link> link, int end, HostId host, PeerAddress peer);
  ~SimStream() override;

  IoCount try_read(std::span<char> into) override;
  IoCount try_write(std::span<const std::string_view> parts) override;
  void finish_writing() override;
  Readiness& readiness() override { return readiness_; }
  PeerAddress peer() const override { return peer_; }

  // From now on nothing goes either way, and nobody is told.
  void fall_silent();
  // Closes now, so that the peer sees a broken connection.
  void reset();

 private:
  friend SimNetwork;
  Link::Way& in() { return link_->ways[static_cast<std::size_t>(end_)]; }
  Link::Way& out() { return link_->ways[static_cast<std::size_t>(1 - end_)]; }
  SimStream* other() const { return link_->ends[static_cast<std::size_t>(1 - end_)]; }
  void die();

  SimNetwork& network_;
  std::shared_ptr<Link> link_;
  int end_;
  HostId host_;
  PeerAddress peer_;
  Readiness readiness_;
  bool dead_ = false;  // its host is gone
};

// Accepts what dialers bring to it.
class Door final : public Listener {
 public:
  static constexpr std::size_t backlog_max = 4096;

  Task<Result<std::unique_ptr<ByteStream>>> accept(Wait wait) override;
  bool bring(std::unique_ptr<ByteStream> stream);

 private:
  std::deque<std::unique_ptr<ByteStream>> waiting_;
  Readiness readiness_;
};

enum class HostEnd : std::uint8_t { kill, power };

class SimNetwork {
 public:
  SimNetwork(VirtualTime& time, std::uint64_t seed) : time_(time), random_(seed) {}

  // Who listens under a name. At most one; it closes its door before it goes.
  void open(const std::string& name, Door& door, HostId host) { doors_[name] = {&door, host}; }
  void close(const std::string& name) { doors_.erase(name); }

  // In a thousand attempts to connect to a name so many are refused, or never answered.
  struct Weather {
    std::uint64_t refused = 0;
    std::uint64_t unanswered = 0;
  };
  void set_weather(const std::string& name, Weather weather) { weather_[name] = weather; }

  // Everything that a host holds ends at once.
  void end_host(HostId host, HostEnd how);

  // Ends that a host holds open.
  std::size_t open_ends(HostId host) const;

 private:
  friend SimStream;
  friend class SimDialer;
  struct OpenDoor {
    Door* door;
    HostId host;
  };

  LinkManner draw_manner();
  std::unique_ptr<ByteStream> connect(const OpenDoor& to, HostId from);
  void carry(const std::shared_ptr<Link>& link, int to, std::string bytes);
  void carry_end(const std::shared_ptr<Link>& link, int to);
  void carry_reset(const std::shared_ptr<Link>& link, int to);
  Duration due(Link::Way& way, Duration latency);

  VirtualTime& time_;
  SeededRandom random_;
  std::map<std::string, OpenDoor> doors_;
  std::map<std::string, Weather> weather_;
  std::vector<SimStream*> streams_;
  std::uint16_t next_port_ = 1024;
};

// One host's way out.
class SimDialer final : public Dialer {
 public:
  SimDialer(SimNetwork& network, HostId host) : network_(network), host_(host) {}
  Task<Result<std::unique_ptr<ByteStream>>> dial(const Origin& origin, Wait wait) override;
  // The host is gone: every attempt fails from now on.
  void die() { dead_ = true; }

 private:
  SimNetwork& network_;
  HostId host_;
  bool dead_ = false;
};

}  // namespace tollgate::sim
