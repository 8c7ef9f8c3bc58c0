#pragma once
// What happened in one simulation, as each side saw it: clients, providers, and the readers of finished requests. The
// checker compares them; the trace makes two runs of a seed comparable.

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "domain/record.h"

namespace tollgate::sim {

// Tokens as a provider tells them: cached is part of prompt, reasoning part of completion.
struct Told {
  std::int64_t prompt = 0;
  std::int64_t cached = 0;
  std::int64_t completion = 0;
  std::int64_t reasoning = 0;
  friend bool operator==(const Told&, const Told&) = default;
};

// How a call ended for its client. Each call has exactly one.
enum class CallEnd : std::uint8_t {
  open,         // not yet
  whole,        // 200 and all of it: the answer, or a stream with its end mark
  refused,      // another status, with its body
  error_event,  // a stream that told an error and ended
  broken,       // the connection broke or ended before
  hung_up,      // by the client's own will
  impatient,    // nothing for longer than anybody should wait
  no_connection,
};
std::string_view to_string(CallEnd end);

enum class Wanted : std::uint8_t { chat, stream, embeddings };

struct ClientCall {
  std::string mark;  // stands in the request's text, so that each side can say which call it means
  Wanted wanted = Wanted::chat;
  std::string key;  // name of the virtual key; empty: one that nobody knows
  bool usage_asked = false;
  bool odd = false;           // a request that must be refused
  bool brisk = true;          // reads and sends as fast as it can
  bool told_goodbye = false;  // it left so that the gateway can know
  bool reused = false;        // on a connection that the gateway may be closing just now
  std::optional<Duration> own_timeout{};

  Instant began{};
  Instant sent{};
  Instant ended{};
  CallEnd end = CallEnd::open;
  int ends = 0;    // how often an end was noted
  int status = 0;  // 0: no head came
  std::string request_id{};
  int attempts = -1;   // as the answer's head told
  std::string text{};  // content that came
  std::string cost{};  // as the answer's head told
  std::optional<Told> usage{};
  bool done_mark = false;
  bool after_end = false;  // something came behind the end of a stream
  std::string error_code{};
};

struct ProviderCall {
  std::string provider;
  std::string mark;
  std::string model;
  std::string key;  // the secret that came
  Wanted wanted = Wanted::chat;
  bool usage_asked = false;
  int status = 0;
  std::optional<Told> told{};  // stood in the answer
  std::string text{};          // of the whole answer
  bool sound = true;           // an answer without fault was begun
  bool whole = false;          // and handed out to its end
  bool reused = false;         // not the first on its connection
  bool may_be_unheard = true;  // none of its bytes may have reached the gateway
  bool spoiled = false;        // something stands in the middle of it that is no answer
};

// A finished request as the gateway's own readers saw it.
struct Recorded {
  RequestRow row;
  std::vector<AttemptRow> attempts;
  int start;  // of the gateway: 0, 1, …
};

// When the gateway did not serve, or its disk did not do its part.
struct Outage {
  enum class Kind : std::uint8_t { kill, power, stop, disk_failed, disk_full };
  Kind kind;
  Instant began;
  Instant ended = Instant::never();
};

struct Story {
  std::deque<ClientCall> clients;
  std::deque<ProviderCall> providers;
  std::deque<Recorded> recorded;
  std::vector<Outage> outages;
  bool slow_disk = false;           // commits may take longer than answers wait for them
  std::vector<std::string> faults;  // what broke an invariant, in words
  std::string trace;

  Instant began{};
  WallTime began_wall{};
  WallTime wall_of(Instant at) const { return began_wall + (at - began); }

  static constexpr std::size_t faults_max = 20;
  void fault(std::string words) {
    if (faults.size() < faults_max) faults.push_back(std::move(words));
  }
  void note(Instant at, std::string_view words);
  bool out_between(Instant from, Instant to) const;
};

}  // namespace tollgate::sim
