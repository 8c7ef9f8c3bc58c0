#include "gateway/shared_answers.h"

#include <utility>

namespace tollgate {
namespace {

// Those who wait look every few milliseconds: an answer of a call under way is kept for them so long.
constexpr Duration kept_for_those_who_wait = seconds(1);

}  // namespace

Leading& Leading::operator=(Leading&& other) noexcept {
  if (this == &other) return *this;
  give_up();
  table_ = std::exchange(other.table_, nullptr);
  name_ = std::move(other.name_);
  return *this;
}

void Leading::give(SharedAnswer answer, Instant now) {
  if (table_ != nullptr) std::exchange(table_, nullptr)->give(name_, std::move(answer), now);
}

void Leading::give_up() {
  if (table_ != nullptr) std::exchange(table_, nullptr)->give_up(name_);
}

SharedAnswers::Found SharedAnswers::enter(const std::string& name, const Digest& body, Keep keep, Instant now) {
  std::lock_guard lock(mutex_);
  make_room(now);
  auto found = entries_.find(name);
  if (found != entries_.end() && found->second.body != body) return {.other_body = true};
  if (found != entries_.end() && found->second.answer) return {.answer = found->second.answer};
  if (found != entries_.end() && found->second.led) return {};
  if (entries_.size() >= names_max) return {.no_room = true};
  entries_[name] = {.body = body, .keep = keep, .since = now};
  return {.leading = Leading(*this, name)};
}

std::shared_ptr<const SharedAnswer> SharedAnswers::look(const std::string& name, bool& gone) const {
  std::lock_guard lock(mutex_);
  auto found = entries_.find(name);
  gone = found == entries_.end();
  return gone ? nullptr : found->second.answer;
}

void SharedAnswers::give(const std::string& name, SharedAnswer answer, Instant now) {
  std::lock_guard lock(mutex_);
  auto found = entries_.find(name);
  if (found == entries_.end()) return;
  if (answer.body.size() > answer_bytes_max) return forget(name);
  bytes_ += name.size() + answer.body.size();
  Entry& entry = found->second;
  entry.led = false;
  entry.answer = std::make_shared<const SharedAnswer>(std::move(answer));
  entry.since = now;
  done_[static_cast<std::size_t>(entry.keep)].emplace_back(name, now);
  make_room(now);
}

void SharedAnswers::give_up(const std::string& name) {
  std::lock_guard lock(mutex_);
  forget(name);
}

void SharedAnswers::forget(const std::string& name) {
  auto found = entries_.find(name);
  if (found == entries_.end()) return;
  if (found->second.answer) bytes_ -= name.size() + found->second.answer->body.size();
  entries_.erase(found);
}

bool SharedAnswers::forget_oldest(Keep of, Instant now, bool must) {
  auto& done = done_[static_cast<std::size_t>(of)];
  if (done.empty()) return false;
  auto [name, since] = done.front();
  if (!must && now - since <= (of == Keep::for_a_day ? kept_for : kept_for_those_who_wait)) return false;
  done.pop_front();
  auto found = entries_.find(name);
  if (found != entries_.end() && found->second.answer && found->second.since == since) forget(name);
  return true;
}

void SharedAnswers::make_room(Instant now) {
  for (Keep kind : {Keep::while_asked, Keep::for_a_day})
    while (forget_oldest(kind, now, bytes_ > max_bytes_)) {}
}

}  // namespace tollgate
