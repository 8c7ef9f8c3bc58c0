#pragma once
// An HTTP server whose handler does what the path says, and whose clients a test plays by hand, in virtual time.

#include <string>

#include "async/virtual_time_for_test.h"
#include "net/http_server.h"
#include "ports/network_for_test.h"

namespace tollgate::http {

// A path chooses what is done with a request:
//
//   /echo        reads the body and sends it back; what was wrong with it as the status
//   /ignore      answers without a look at the body
//   /stream      "one", "two" and "three", piece by piece
//   /unfinished  begins a stream and gives up
//   /large       as many bytes as `large`
//   /long-head   a head that does not fit
//   /stuck       nothing, until the client is gone; `gave_up_at` says when that was
class TestHandler final : public Handler {
 public:
  std::size_t body_max = 100'000;
  std::size_t large = 100'000;
  std::string served;  // the paths, each followed by a blank
  Instant gave_up_at{};

  Task<void> serve(ServerExchange& exchange) override {
    std::string_view path = exchange.head().origin;
    served += std::string(path) + " ";
    if (path == "/echo") co_return co_await echo(exchange);
    if (path == "/stream") co_return co_await stream(exchange);
    if (path == "/stuck") co_return co_await stick(exchange);
    if (path == "/unfinished") co_return co_await begin_only(exchange);
    if (path == "/large") co_return co_await say(exchange, 200, std::string(large, 'x'));
    if (path == "/long-head") co_return co_await say_much(exchange);
    co_await say(exchange, 200, "ok");
  }
  RefusalAnswer refuse(const Refusal& refusal) override { return {std::string(refusal.what), "req_0"}; }

 private:
  static Task<void> say(ServerExchange& exchange, int status, std::string text) {
    std::string_view parts[] = {text};
    [[maybe_unused]] auto sent = co_await exchange.answer({.status = status}, parts);
  }
  static Task<void> say_much(ServerExchange& exchange) {
    std::string long_value(4000, 'v');
    Field fields[] = {{"x-long", long_value}};
    std::string_view parts[] = {"never seen"};
    [[maybe_unused]] auto sent = co_await exchange.answer({.status = 200, .fields = fields}, parts);
  }
  Task<void> echo(ServerExchange& exchange) {
    auto body = co_await exchange.whole_body(body_max);
    if (body) co_return co_await say(exchange, 200, std::string(*body));
    co_await say(exchange, info(body.error().fault).http_status, body.error().detail);
  }
  static Task<void> stream(ServerExchange& exchange) {
    exchange.start({.status = 200});
    std::string_view one[] = {"one"}, two[] = {"t", "wo"}, three[] = {"three"};
    [[maybe_unused]] auto sent = co_await exchange.send(one);
    sent = co_await exchange.send(two);
    sent = co_await exchange.finish(three);
  }
  static Task<void> begin_only(ServerExchange& exchange) {
    exchange.start({.status = 200});
    std::string_view one[] = {"one"};
    [[maybe_unused]] auto sent = co_await exchange.send(one);
  }
  Task<void> stick(ServerExchange& exchange) {
    co_await sleep({Instant::never(), &exchange.gone()});
    gave_up_at = Reactor::current().now();
  }
};

struct TestServer {
  explicit TestServer(ServerLimits limits = {}) : server(handler, memory, limits) {
    loop.spawn(server.run(listener));
    loop.settle();
  }
  ~TestServer() {
    loop.spawn(server.drain(loop.now()));
    loop.pass(seconds(200));
  }

  // A client that has said this.
  FarEnd client(std::string_view bytes) {
    FarEnd far = listener.connect();
    loop.settle();
    say(far, bytes);
    return far;
  }
  void say(FarEnd& far, std::string_view bytes) {
    far.say(bytes);
    loop.settle();
  }

  VirtualLoop loop;
  MemoryBudget memory{1 << 20};
  TestHandler handler;
  TestListener listener;
  Server server;
};

}  // namespace tollgate::http
