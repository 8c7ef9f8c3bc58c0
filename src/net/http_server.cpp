#include "net/http_server.h"

#include "async/reactor.h"
#include "net/http_connection.h"

namespace tollgate::http {

Task<void> Server::run(Listener& listener) {
  for (;;) {
    auto accepted = co_await listener.accept({Instant::never(), &draining_});
    if (!accepted) co_return;
    if (tasks_.size() >= limits_.connections_max) continue;  // closed as it goes out of scope
    tasks_.spawn(serve(std::move(*accepted)));
  }
}

Task<void> Server::serve(std::unique_ptr<ByteStream> stream) {
  Wait handshake{Reactor::current().now() + limits_.handshake_within, &draining_};
  if (!co_await stream->shake_hands(handshake)) co_return;
  Connection connection(*this, std::move(stream));
  co_await connection.run();
}

Task<void> Server::drain(Instant until) {
  draining_.cancel();
  if (co_await tasks_.join({until}) == Wake::ready) co_return;
  while (Served* served = served_.pop_front()) served->gone.cancel();
  co_await tasks_.join({Instant::never()});
}

}  // namespace tollgate::http
