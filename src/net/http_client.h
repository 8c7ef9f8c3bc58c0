#pragma once
// Calls upstreams over HTTP/1.1, for one thread: connections are kept for each origin and used again.
//
//   auto call = co_await client.send(pool, parts, wait, phase);     // the head of the answer is there
//   while (true) { auto piece = co_await call->next(wait); … }      // its body, pulled; empty at the end
//
// Dropping a call whose answer is not read to its end closes the connection, which tells the upstream to stop.
//
// A kept connection may have died while idle: when it fails at once and before a single byte of an answer came, the request is
// sent once more on a new connection. Nothing else is ever sent twice here.

#include <memory>
#include <span>
#include <vector>

#include "async/frame_pool.h"
#include "domain/record.h"
#include "net/buffer.h"
#include "net/http1/body.h"
#include "net/http1/head.h"
#include "ports/network.h"

namespace tollgate::http {

// Kept connections to one origin, of one thread.
class UpstreamPool {
 public:
  explicit UpstreamPool(const Origin& origin) : origin_(origin) {}
  const Origin& origin() const { return origin_; }
  std::size_t idle() const { return idle_.size(); }
  std::size_t open() const { return open_; }

 private:
  friend class Client;
  friend class ClientCall;
  struct Kept {
    std::unique_ptr<ByteStream> stream;
    Instant since;
  };
  static constexpr std::size_t idle_max = 512;
  static constexpr auto keep_for = seconds(55);  // less than the 60 s and 75 s after which servers usually close

  std::unique_ptr<ByteStream> take_kept(Instant now);
  void keep(std::unique_ptr<ByteStream> stream, Instant now);

  Origin origin_;
  std::vector<Kept> idle_;
  std::size_t open_ = 0;
};

struct ClientLimits {
  HeadLimits head{.head_bytes_max = 64 * 1024 - 1, .target_bytes_max = 8 * 1024, .field_count_max = FieldTable::capacity};
  int interim_answers_max = 16;  // 100 and 103 before the answer
};

// How long each part of sending may take.
struct SendWaits {
  Wait connect;
  Wait head;  // of the answer
};

class ClientCall : public FromFramePool {
 public:
  ~ClientCall();
  ClientCall(const ClientCall&) = delete;

  const ResponseHead& head() const { return head_; }

  // The next piece of the body where it lies, valid until the next call; empty at the end.
  // Errors: upstream_protocol (framing), upstream_unreachable (broken off), `deadline`, `cancelled`.
  Task<Result<std::string_view>> next(Wait wait);

  // The rest of the body in one piece. `idle` is how long it may stand still within `wait`. Errors besides: upstream_protocol
  // when it is larger than `limit`, overloaded when memory for bodies is short.
  Task<Result<std::string_view>> whole(std::size_t limit, MemoryBudget& memory, Wait wait, Duration idle);

 private:
  friend class Client;
  ClientCall(UpstreamPool& pool, std::unique_ptr<ByteStream> stream) : pool_(pool), stream_(std::move(stream)) {}
  Task<Result<void>> read_head(std::string_view method, const ClientLimits& limits, Wait wait);
  void retire();

  UpstreamPool& pool_;
  std::unique_ptr<ByteStream> stream_;
  ResponseHead head_;
  Buffer head_buffer_;  // holds the head's bytes and whatever came with them
  Buffer buffer_;       // later input; only held while there is some
  std::string_view unread_;
  BodyReader body_;
  Buffer gathered_;
  bool any_byte_ = false;
};

class Client {
 public:
  // The dialer outlives the client.
  explicit Client(Dialer& dialer, const ClientLimits& limits = {}) : dialer_(dialer), limits_(limits) {}

  // Sends `parts` (a whole request: head and body) and waits for the head of the answer. `method` is the request's.
  // `phase` always says how far it came. Errors: those of Dialer::dial, upstream_unreachable, upstream_protocol, `deadline`,
  // `cancelled`.
  Task<Result<std::unique_ptr<ClientCall>>> send(UpstreamPool& pool, std::string_view method,
                                                 std::span<const std::string_view> parts, SendWaits waits,
                                                 AttemptPhase& phase);

 private:
  Task<Result<std::unique_ptr<ClientCall>>> send_on(std::unique_ptr<ByteStream> stream, UpstreamPool& pool,
                                                    std::string_view method, std::span<const std::string_view> parts,
                                                    Wait wait, AttemptPhase& phase, bool& stale);

  Dialer& dialer_;
  ClientLimits limits_;
};

}  // namespace tollgate::http
