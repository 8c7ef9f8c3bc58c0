// TLS with everything around it: real sockets, the dialer, HTTP on both sides.

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/http_client.h"
#include "net/http_server.h"
#include "net/tcp_dialer.h"
#include "net/tcp_listener.h"
#include "net/tls_client.h"
#include "net/tls_for_test.h"
#include "net/tls_server.h"

namespace tollgate {
namespace {

using namespace for_test;
using namespace std::chrono_literals;

constexpr auto patience = 30s;

struct Echo final : http::Handler {
  Task<void> serve(http::ServerExchange& exchange) override {
    auto body = co_await exchange.whole_body(4 << 20);
    if (!body) co_return;
    std::array<std::string_view, 1> parts{*body};
    co_await exchange.answer({}, parts);
    ++served;
  }
  RefusalAnswer refuse(const http::Refusal& refusal) override { return {std::string(refusal.what), "id"}; }
  int served = 0;
};

// A gateway's listening side and its calling side, in one thread.
struct House {
  House() {
    Identity own = issue({.alt_names = "IP:127.0.0.1"}, &authority);
    auto loaded = TlsServer::load(folder.cert("own", own), folder.key("own", own));
    auto opened = TcpListener::open({IpAddress::v4(127, 0, 0, 1), 0}, poller);
    EXPECT_TRUE(loaded && opened);
    tcp = std::move(*opened);
    listener.emplace(*tcp, std::move(*loaded));
    origin.host = "127.0.0.1";
    origin.port = tcp->port();
    origin.ca_file = folder.cert("ca", authority);
    spawn(server.run(*listener));
  }
  ~House() {
    spawn(server.drain({0}));
    reactor.run_until([&] { return tasks.size() == 0; });
  }
  void spawn(Task<void> task) {
    Reactor::Turn turn(reactor);
    tasks.spawn(std::move(task));
  }
  Wait patiently() { return {clock.now() + patience}; }

  Folder folder;
  Identity authority = make_authority();
  SystemClock clock;
  SeededRandom random{1};
  EpollPoller poller;
  Reactor reactor{clock, random, poller};
  TaskGroup tasks;
  MemoryBudget memory{64 << 20};
  Echo handler;
  http::Server server{handler, memory, {}};
  std::unique_ptr<TcpListener> tcp;
  std::optional<TlsListener> listener;
  TlsClients tls;
  Resolver resolver{reactor};
  TcpDialer dialer{resolver, poller, tls};
  http::Client client{dialer};
  Origin origin;
};

Task<Result<std::string>> post(House& house, http::UpstreamPool& pool, std::string_view body) {
  AttemptPhase phase;
  std::string head = fmt::format("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n", body.size());
  std::array<std::string_view, 2> parts{head, body};
  Wait wait = house.patiently();
  TG_CO_TRY(call, co_await house.client.send(pool, "POST", parts, {wait, wait}, phase));
  TG_CO_TRY(answer, co_await call->whole(4 << 20, house.memory, wait, seconds(60)));
  co_return std::string(answer);
}

Result<std::string> post_and_wait(House& house, http::UpstreamPool& pool, std::string_view body) {
  Result<std::string> answer = "";
  std::size_t before = house.tasks.size();
  house.spawn(store(answer, post(house, pool, body)));
  house.reactor.run_until([&] { return house.tasks.size() == before; });
  return answer;
}

TEST(Tls, CarriesHttpBothWaysOverRealSockets) {
  House house;
  http::UpstreamPool pool(house.origin);
  for (std::size_t size : {1u, 5000u, 16'384u, 100'000u, 1u << 20, 3u << 20, 10u}) {
    std::string body = noise(size);
    auto answer = post_and_wait(house, pool, body);
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_TRUE(*answer == body) << size;
  }
  EXPECT_EQ(house.server.connections(), 1u);  // kept and used again
}

TEST(Tls, ManyCallsAtOnceDoNotMix) {
  House house;
  http::UpstreamPool pool(house.origin);
  std::array<std::string, 20> bodies;
  std::array<Result<std::string>, 20> answers;
  std::size_t before = house.tasks.size();
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    bodies[i] = noise(i * 20'011 + 1);
    house.spawn(store(answers[i], post(house, pool, bodies[i])));
  }
  house.reactor.run_until([&] { return house.tasks.size() == before; });
  for (std::size_t i = 0; i < bodies.size(); ++i) EXPECT_TRUE(answers[i] && *answers[i] == bodies[i]) << i;
}

TEST(Tls, AWrongNameIsNotDialled) {
  House house;
  house.origin.tls_name = "provider.test";
  http::UpstreamPool pool(house.origin);
  auto answer = post_and_wait(house, pool, "secret");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().retry, Retry::never);
  EXPECT_EQ(house.handler.served, 0);
}

// --- memory

constexpr int idle_count = 2000;
[[maybe_unused]] constexpr long idle_bytes_max = 25 * 1024;
constexpr int exit_failed = 1;

bool speak_once(SSL* ssl) {
  constexpr std::string_view request = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhi";
  std::array<char, 1000> room;
  return SSL_connect(ssl) == 1 && SSL_write(ssl, request.data(), request.size()) > 0 &&
         SSL_read(ssl, room.data(), room.size()) > 0;
}

// A process that opens connections, uses each once, and holds them until its input ends.
[[noreturn]] void hold_connections(std::uint16_t port, int until_closed) {
  SslContextPtr context = new_tls_context(TLS_client_method());
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < idle_count; ++i) {
    int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    SSL* ssl = SSL_new(context.get());
    SSL_set_fd(ssl, descriptor);
    bool good = ::connect(descriptor, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0 && speak_once(ssl);
    if (!good) ::_exit(exit_failed);
  }
  char end;
  [[maybe_unused]] auto ended = ::read(until_closed, &end, 1);
  ::_exit(0);
}

long resident_bytes() {
  long all = 0, resident = 0;
  FILE* file = std::fopen("/proc/self/statm", "r");
  int read = std::fscanf(file, "%ld %ld", &all, &resident);
  std::fclose(file);
  return read == 2 ? resident * ::sysconf(_SC_PAGESIZE) : 0;
}

TEST(Tls, AnIdleConnectionHoldsLittle) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < idle_count + 100) GTEST_SKIP() << "needs " << idle_count << " file descriptors";
  House house;
  http::UpstreamPool pool(house.origin);
  ASSERT_TRUE(post_and_wait(house, pool, noise(100'000)));  // so that buffers and tables are there before we measure
  int holding[2];
  ASSERT_EQ(::pipe(holding), 0);
  long before = resident_bytes();
  pid_t child = ::fork();
  if (child == 0) {
    ::close(holding[1]);
    hold_connections(house.tcp->port(), holding[0]);
  }
  int status = 0;
  Instant give_up = house.clock.now() + 2 * patience;
  house.reactor.run_until([&] {
    bool waiting = house.handler.served < idle_count + 1 && house.clock.now() < give_up;
    return !waiting || ::waitpid(child, &status, WNOHANG) == child;
  });
  [[maybe_unused]] long each = (resident_bytes() - before) / idle_count;
  std::size_t held = house.server.connections();
  ::close(holding[0]);
  ::close(holding[1]);
  house.reactor.run_until([&] { return house.server.connections() <= 1 || house.clock.now() > give_up; });
  ::waitpid(child, &status, 0);

  EXPECT_EQ(held, idle_count + 1u);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they keep what is freed
  fmt::print("each of {} idle TLS connections holds {} bytes\n", idle_count, each);
  EXPECT_LE(each, idle_bytes_max);
#endif
}

}  // namespace
}  // namespace tollgate
