#pragma once
// One ordered, two-way connection of bytes: a TCP socket, TLS over one, or a pipe of the simulator. Never blocks.
//
// The calls below say at once how far they came; `read_some` and `write_all` wait as long as it takes, within a Wait.
//
// `blocked` is said only when waiting helps: a read may then wait for readiness().readable(), a write for writable(). Who
// wants to wait for input without having tried to read first asks has_pending() before: bytes may be here already.

#include <cstdint>
#include <span>
#include <string_view>

#include "async/readiness.h"
#include "async/task.h"
#include "base/address.h"
#include "base/result.h"

namespace tollgate {

struct PeerAddress {
  IpAddress ip;
  std::uint16_t port = 0;
};

struct IoCount {
  enum class State : std::uint8_t { moved, blocked, ended, failed };
  State state;
  std::size_t count = 0;

  static IoCount moved(std::size_t n) { return {State::moved, n}; }
  static IoCount blocked() { return {State::blocked}; }
  static IoCount ended() { return {State::ended}; }    // reading: the peer's orderly end
  static IoCount failed() { return {State::failed}; }  // reset, broken pipe, TLS failure
};

class ByteStream {
 public:
  virtual ~ByteStream() = default;

  // What the two sides settle before the first byte: TLS's handshake; nothing for others. Awaited once, before all else.
  // Errors: `cancelled`, `deadline`, or `upstream_unreachable` (the owner of the wait renames it).
  virtual Task<Result<void>> shake_hands(Wait wait);

  // REQUIRES: `into` is not empty.
  virtual IoCount try_read(std::span<char> into) = 0;

  // Whether bytes are held here that came from the socket, so that its readiness may never speak of them.
  virtual bool has_pending() const { return false; }

  // Takes from the front of the parts as much as goes. After `blocked` or less than all, the rest must be offered
  // again, unchanged, before anything else: TLS may have sealed it already.
  virtual IoCount try_write(std::span<const std::string_view> parts) = 0;

  // Tells the peer that nothing more will be written. While is_finishing(), that is not yet on its way: wait for
  // writable(), then call again, or use finish_writing() below.
  virtual void finish_writing() = 0;
  virtual bool is_finishing() const { return false; }

  virtual Readiness& readiness() = 0;
  virtual PeerAddress peer() const = 0;
};

// How a read ended: with bytes, or with the peer's orderly end (0 bytes).
// Errors: `cancelled`, `deadline`, or `upstream_unreachable` for a broken connection (the owner of the wait renames it).
Task<Result<std::size_t>> read_some(ByteStream& stream, std::span<char> into, Wait wait);

// Writes all of the parts, at most max_write_parts of them. The views must stay valid until it ends.
constexpr std::size_t max_write_parts = 32;
Task<Result<void>> write_all(ByteStream& stream, std::span<const std::string_view> parts, Wait wait);

// The same for a peer that may be slow but not idle: `stall` is how long it may take nothing at all.
Task<Result<void>> write_steadily(ByteStream& stream, std::span<const std::string_view> parts, Duration stall,
                                  Cancellation* cancellation);

// Tells the peer that nothing more will be written, waiting for room to say so where that takes any.
Task<void> finish_writing(ByteStream& stream, Wait wait);

}  // namespace tollgate
