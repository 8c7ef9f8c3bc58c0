#include "gateway/stored_responses.h"

namespace tollgate {

void StoredResponses::keep(std::string_view id, ResponseHome home) {
  if (id.empty() || id.size() > id_bytes_max) return;
  std::lock_guard lock(mutex_);
  auto [at, fresh] = homes_.insert_or_assign(std::string(id), std::move(home));
  if (!fresh) return;
  order_.push_back(at->first);
  while (order_.size() > max_) {
    homes_.erase(order_.front());
    order_.pop_front();
  }
}

std::optional<ResponseHome> StoredResponses::find(std::string_view id, std::string_view tenant) const {
  std::lock_guard lock(mutex_);
  auto found = homes_.find(std::string(id));
  if (found == homes_.end() || found->second.tenant != tenant) return std::nullopt;
  return found->second;
}

bool StoredResponses::knows(std::string_view id) const {
  std::lock_guard lock(mutex_);
  return homes_.contains(std::string(id));
}

void StoredResponses::forget(std::string_view id) {
  std::lock_guard lock(mutex_);
  homes_.erase(std::string(id));
}

}  // namespace tollgate
