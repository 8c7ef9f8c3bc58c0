#pragma once
// Datagrams to one place, over UDP or to a Unix socket of this machine (/dev/log). Never blocks; nobody says whether one
// arrived, but a place where nobody listens is often told with the next one.

#include <memory>
#include <string>
#include <string_view>

#include "net/resolver.h"

namespace tollgate {

class DatagramSender {
 public:
  // Error: upstream_unreachable.
  static Result<std::unique_ptr<DatagramSender>> to(const SocketAddress& address);
  static Result<std::unique_ptr<DatagramSender>> to_unix(const std::string& path);
  ~DatagramSender();
  DatagramSender(const DatagramSender&) = delete;
  DatagramSender& operator=(const DatagramSender&) = delete;

  enum class Sent : std::uint8_t { yes, blocked, failed };  // blocked: the receiver's queue is full
  Sent send(std::string_view bytes);

 private:
  explicit DatagramSender(int descriptor) : descriptor_(descriptor) {}
  static Result<std::unique_ptr<DatagramSender>> connected(int family, const void* address, unsigned size);

  int descriptor_;
};

}  // namespace tollgate
