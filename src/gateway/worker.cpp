#include "gateway/worker.h"

namespace tollgate {

Worker::OwnedExchange Worker::take_exchange() {
  if (spare_.empty()) return OwnedExchange(new Exchange, GiveBack{this});
  OwnedExchange exchange(spare_.back().release(), GiveBack{this});
  spare_.pop_back();
  return exchange;
}

void Worker::GiveBack::operator()(Exchange* exchange) const {
  std::unique_ptr<Exchange> owned(exchange);
  owned->reset();
  if (!worker->waiting.empty()) worker->waiting.freed();
  if (worker->spare_.size() >= spare_max) return;
  worker->spare_.push_back(std::move(owned));
}

}  // namespace tollgate
