#include "gateway/stored_responses.h"

#include <algorithm>

namespace tollgate {
namespace {

// It will stand in a path.
bool is_id(std::string_view text) {
  auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  return !text.empty() && text.size() <= StoredResponses::id_bytes_max && std::all_of(text.begin(), text.end(), fits);
}

}  // namespace

void StoredResponses::keep(std::string_view id, ResponseHome home) {
  if (!is_id(id)) return;
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
