#pragma once
// A TCP connection on this thread's epoll set. Reads stop at a short read and writes at a short write, so that no system call
// is made only to hear EAGAIN; edges say when to go on.

#include "async/epoll_poller.h"
#include "ports/byte_stream.h"

namespace tollgate {

class TcpStream final : public ByteStream {
 public:
  // Owns `descriptor`, which must be non-blocking.
  TcpStream(int descriptor, EpollPoller& poller, PeerAddress peer);
  ~TcpStream() override;

  IoCount try_read(std::span<char> into) override;
  IoCount try_write(std::span<const std::string_view> parts) override;
  void finish_writing() override;
  Readiness& readiness() override { return readiness_; }
  PeerAddress peer() const override { return peer_; }

  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
  EpollPoller& poller_;
  PeerAddress peer_;
  Readiness readiness_;
};

// A sockaddr_in or sockaddr_in6 as a PeerAddress.
PeerAddress peer_address(const void* socket_address);

}  // namespace tollgate
