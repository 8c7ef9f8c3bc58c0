#include "net/datagram.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>

namespace tollgate {
namespace {

// A Unix socket that receives, and forgets itself.
class Receiver {
 public:
  Receiver() : path_(std::filesystem::temp_directory_path() / ("tollgate-datagram-" + std::to_string(::getpid()))) {
    ::unlink(path_.c_str());
    descriptor_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, path_.size());
    bound_ = ::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~Receiver() {
    ::close(descriptor_);
    ::unlink(path_.c_str());
  }
  const std::string& path() const { return path_; }
  bool bound() const { return bound_; }
  std::string next() const {
    char room[64];
    ssize_t got = ::recv(descriptor_, room, sizeof room, 0);
    return got < 0 ? "" : std::string(room, static_cast<std::size_t>(got));
  }

 private:
  std::string path_;
  int descriptor_ = -1;
  bool bound_ = false;
};

TEST(DatagramSender, BringsEachTextAsOneDatagram) {
  Receiver receiver;
  ASSERT_TRUE(receiver.bound());
  auto sender = DatagramSender::to_unix(receiver.path());
  ASSERT_TRUE(sender);
  EXPECT_EQ((*sender)->send("one"), DatagramSender::Sent::yes);
  EXPECT_EQ((*sender)->send("two"), DatagramSender::Sent::yes);
  EXPECT_EQ(receiver.next(), "one");
  EXPECT_EQ(receiver.next(), "two");
}

TEST(DatagramSender, SaysWhenTheReceiverTakesNoMore) {
  Receiver receiver;
  auto sender = DatagramSender::to_unix(receiver.path());
  ASSERT_TRUE(sender);
  auto sent = DatagramSender::Sent::yes;
  for (int i = 0; i < 100'000 && sent == DatagramSender::Sent::yes; ++i) sent = (*sender)->send("x");
  EXPECT_EQ(sent, DatagramSender::Sent::blocked);
}

TEST(DatagramSender, FailsWhereNobodyListens) {
  EXPECT_FALSE(DatagramSender::to_unix("/nowhere/at/all"));
  EXPECT_FALSE(DatagramSender::to_unix(std::string(200, 'x')));
}

}  // namespace
}  // namespace tollgate
