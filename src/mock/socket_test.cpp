// The provider on real sockets: what pipes cannot show.

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>

#include "async/epoll_poller.h"
#include "mock/provider_for_test.h"
#include "net/tcp_listener.h"
#include "net/tcp_stream.h"

namespace tollgate::mock {
namespace {

class SocketRig {
 public:
  explicit SocketRig(std::string_view script) : provider(*read_script(script)) {
    Reactor::Turn turn(reactor);
    listener = std::move(*TcpListener::open({IpAddress::v4(127, 0, 0, 1), 0}, poller));
    tasks.spawn(provider.run(*listener));
  }
  ~SocketRig() {
    {
      Reactor::Turn turn(reactor);
      tasks.spawn(provider.stop());
    }
    reactor.run_until([&] { return tasks.size() == 0; });
  }

  std::unique_ptr<ByteStream> connect() {
    int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(listener->port());
    EXPECT_EQ(::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
    return std::make_unique<TcpStream>(descriptor, poller, PeerAddress{});
  }

  Answer ask(std::string request) {
    Answer answer;
    {
      Reactor::Turn turn(reactor);
      tasks.spawn(mock::ask(connect(), std::move(request), {reactor.now() + seconds(20)}, answer));
    }
    reactor.run_until([&] { return tasks.size() == 1; });
    return answer;
  }

  SystemClock clock;
  SeededRandom random{1};
  EpollPoller poller;
  Reactor reactor{clock, random, poller};
  std::unique_ptr<TcpListener> listener;
  MockProvider provider;
  TaskGroup tasks;
};

TEST(MockOnSockets, AnswersPlainAndStreamed) {
  SocketRig rig("{}");
  EXPECT_EQ(text_at(rig.ask(chat("Hello")).body, "/choices/0/message/content"), "You said: Hello");
  EXPECT_EQ(content_of(rig.ask(streamed_chat("Hello"))), "You said: Hello");
}

TEST(MockOnSockets, CutsByFinAndByReset) {
  SocketRig rig(R"({"rules":[{"times":1,"cut":{"after_events":2}},{"cut":{"after_events":2,"how":"rst"}}]})");
  Answer fin = rig.ask(streamed_chat("Hello"));
  EXPECT_EQ(fin.ended, Ended::fin);
  EXPECT_EQ(fin.events().size(), 2u);
  EXPECT_EQ(rig.ask(streamed_chat("Hello")).ended, Ended::reset);
}

TEST(MockOnSockets, TakesAndGivesLargeBodies) {
  SocketRig rig(R"({"rules":[{"tokens":500000}]})");
  std::string padding(3'000'000, ' ');
  Answer answer =
      rig.ask(post("/v1/chat/completions", R"({"model":"m","messages":[{"role":"user","content":"x"}]})" + padding));
  EXPECT_EQ(answer.ended, Ended::whole);
  EXPECT_GT(answer.body.size(), 2'000'000u);
}

TEST(MockOnSockets, ARefusedRequestCanReadWhy) {
  SocketRig rig("{}");
  Answer answer = rig.ask("POST /v1/chat/completions HTTP/1.1\r\nhost: m\r\ncontent-length: 99999999999\r\n\r\n" +
                          std::string(100'000, 'x'));
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.ended, Ended::whole);
}

}  // namespace
}  // namespace tollgate::mock
