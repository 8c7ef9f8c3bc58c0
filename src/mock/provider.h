#pragma once
// MockProvider: a scripted provider that speaks OpenAI's API (chat, completions, embeddings, models) to whoever
// connects. Its answers follow from the request alone, and it bills each of them, so that a gateway in front of it can
// be checked to the token.
//
//   MockProvider provider(script);
//   group.spawn(provider.run(listener));   // any Listener: TCP, or a pipe of the simulator
//   …
//   co_await provider.stop();              // ends every connection
//
// All its time is the reactor's and all its chance the script's seed, so under a simulated clock it replays exactly.
// Not shared between threads.

#include "async/task_group.h"
#include "mock/connection.h"
#include "ports/network.h"

namespace tollgate {

class MockProvider {
 public:
  static constexpr std::size_t connections_max = 100'000;  // more are closed at accept

  // `on_billed` hears of each billed answer at its end.
  explicit MockProvider(mock::Script script = {}, std::function<void(const mock::BillLine&)> on_billed = {});

  // Serves what the listener accepts until stop(). May run for several listeners.
  Task<void> run(Listener& listener);
  // REQUIRES: awaited before the provider goes, when it ran.
  Task<void> stop();

  // From now on; calls in flight keep the old script.
  void play(mock::Script script) { desk_.play(std::move(script)); }

  const mock::Bill& bill() const { return desk_.bill; }
  const mock::RequestLog& requests() const { return desk_.requests; }
  std::uint64_t calls() const { return desk_.calls; }
  std::size_t connections() const { return tasks_.size(); }

 private:
  Task<void> serve(std::unique_ptr<ByteStream> stream);

  mock::Desk desk_;
  TaskGroup tasks_;
  Cancellation stopping_;  // carried by accept and by handshakes
  List<mock::Connection, &mock::Connection::in_provider> connections_;
};

}  // namespace tollgate
