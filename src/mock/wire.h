#pragma once
// The provider's end of one connection, for writing: what is put in `out` goes out with the next flush, whole or drop
// by drop.
//
// http::Server's exchange cannot do what a script may ask for (bytes that are no HTTP, a reset, half of a chunk), so
// the mock writes its own bytes on the ByteStream; reading goes through the same codec as everywhere.

#include <memory>
#include <string>

#include "async/task.h"
#include "mock/script.h"
#include "ports/byte_stream.h"

namespace tollgate::mock {

class Wire {
 public:
  // Both outlive the wire. `gone` is cancelled when the client leaves or the provider stops.
  Wire(ByteStream& stream, Cancellation& gone) : stream_(stream), gone_(gone) {}

  std::string out;  // not yet written
  // From now on so many bytes at a time; null: as fast as it goes.
  void drip(const Drip* drip) { drip_ = drip; }

  // Both are false when the client is gone.
  Task<bool> flush();
  Task<bool> pause(Duration time);  // at once when it is zero; `out` is not flushed before

  bool gone() const { return gone_.cancelled(); }

 private:
  Task<bool> write(std::string_view bytes);
  Task<bool> write_in_drops();

  ByteStream& stream_;
  Cancellation& gone_;
  const Drip* drip_ = nullptr;
};

// Ends a connection without an orderly end: a TCP one by RST; any other one simply goes, which its peer must take for a
// break, since nobody finished writing.
void break_off(std::unique_ptr<ByteStream> stream);

}  // namespace tollgate::mock
