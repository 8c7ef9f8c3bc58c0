#include "mock/provider.h"

#include "async/reactor.h"

namespace tollgate {
namespace {

constexpr auto handshake_within = seconds(10);

}  // namespace

MockProvider::MockProvider(mock::Script script, std::function<void(const mock::BillLine&)> on_billed) {
  desk_.on_billed = std::move(on_billed);
  desk_.play(std::move(script));
}

Task<void> MockProvider::run(Listener& listener) {
  for (;;) {
    auto accepted = co_await listener.accept({Instant::never(), &stopping_});
    if (!accepted) co_return;
    if (tasks_.size() >= connections_max) continue;  // closed as it goes out of scope
    tasks_.spawn(serve(std::move(*accepted)));
  }
}

Task<void> MockProvider::serve(std::unique_ptr<ByteStream> stream) {
  Wait handshake{Reactor::current().now() + handshake_within, &stopping_};
  if (!co_await stream->shake_hands(handshake)) co_return;
  mock::Connection connection(desk_, std::move(stream));
  connections_.push_back(connection);
  co_await connection.run();
}

Task<void> MockProvider::stop() {
  stopping_.cancel();
  while (mock::Connection* connection = connections_.pop_front()) connection->gone().cancel();
  co_await tasks_.join({Instant::never()});
}

}  // namespace tollgate
