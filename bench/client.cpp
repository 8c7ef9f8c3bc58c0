#include "bench/client.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "bench/message_reader.h"
#include "bench/wire.h"

namespace tollgate::bench {

class Client::Connection final : public Watcher {
 public:
  explicit Connection(Client& client) : client_(client) {}
  ~Connection() {
    if (socket_ >= 0) close(socket_);
  }

  void open() {
    reader_.next();
    out_.clear();
    connected_ = false;
    socket_ = connect_to(client_.shape_.to);
    opened_at_ = now_ns();
    client_.loop_.watch(socket_, *this);
  }

  void ask(std::int64_t due) {
    due_ = due;
    asking_ = true;
    scanned_ = seen_events_ = 0;
    if (!out_.send(socket_, client_.shape_.request)) fail(client_.tally_.broken);
  }

  void ready(HungUp hung_up) override {
    if (socket_ < 0) return;
    if (!connected_ && !finish_connecting()) return;
    bool alive =
        out_.flush(socket_) && read_into(socket_, hung_up, [this](std::string_view bytes) { return take(bytes); });
    if (!alive && socket_ >= 0) lose();
  }

  bool held() const { return held_; }

  // Gives up on an answer, or on a connection, that takes too long.
  void give_up_before(std::int64_t limit) {
    if (socket_ < 0) return;
    if (asking_ ? due_ < limit && !held_ : !connected_ && opened_at_ < limit) fail(client_.tally_.timed_out);
  }

 private:
  bool finish_connecting() {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
      fail(client_.tally_.broken);
      return false;
    }
    connected_ = true;
    client_.free(*this);
    return true;
  }

  bool take(std::string_view bytes) {
    while (!bytes.empty() && socket_ >= 0) {
      if (!asking_) return false;  // nobody asked for this
      bytes.remove_prefix(reader_.take(bytes));
      if (reader_.bad()) return false;
      if (client_.shape_.stream) look_at_events();
      if (reader_.done()) finish();
    }
    return socket_ >= 0;
  }

  void look_at_events() {
    std::string_view body = reader_.body();
    std::int64_t now = now_ns();
    for (std::size_t end = body.find("\n\n", scanned_); end != std::string_view::npos;
         end = body.find("\n\n", scanned_)) {
      std::string_view event = body.substr(scanned_, end - scanned_);
      scanned_ = end + 2;
      if (event.starts_with("data: ")) see(event, now);
    }
  }

  void see(std::string_view event, std::int64_t now) {
    Tally& tally = client_.tally_;
    if (seen_events_++ == 0) {
      tally.first.add(now - due_);
      if (client_.shape_.hold) hold();
    }
    std::int64_t age = age_ns(event, now);
    if (age < 0) return;
    tally.events += 1;
    tally.under_way.add(age);
  }

  void finish() {
    Tally& tally = client_.tally_;
    asking_ = false;
    if (reader_.status() != 200) {
      tally.wrong_status += 1;
      tally.last_wrong_status = reader_.status();
    } else if (!body_is_right()) {
      tally.wrong_body += 1;
    } else {
      tally.requests += 1;
      tally.whole.add(now_ns() - due_);
    }
    bool closes = reader_.closes();
    reader_.next();
    if (client_.shape_.hold && !held_) hold();
    if (closes)
      lose();
    else
      client_.free(*this);
  }

  bool body_is_right() const {
    const ClientShape& shape = client_.shape_;
    bool any = shape.expected_json.empty();
    if (!shape.stream) return any || reader_.body() == shape.expected_json;
    bool all = any || seen_events_ == shape.events + kClosingEvents;
    return all && reader_.body().ends_with("data: [DONE]\n\n");
  }

  void hold() {
    held_ = true;
    client_.held_ += 1;
  }

  void lose() {
    if (asking_) return fail(client_.tally_.broken);
    client_.tally_.reconnects += 1;
    shut();
  }

  void fail(std::uint64_t& count) {
    count += 1;
    shut();
  }

  void shut() {
    close(socket_);
    socket_ = -1;
    asking_ = false;
    std::erase(client_.idle_, this);
    client_.closed_.push_back(this);
  }

  Client& client_;
  int socket_ = -1;
  bool connected_ = false;
  bool asking_ = false;
  bool held_ = false;
  std::int64_t opened_at_ = 0;
  std::int64_t due_ = 0;  // when the request was sent, or should have been
  std::size_t scanned_ = 0;
  std::size_t seen_events_ = 0;
  MessageReader reader_;
  Outbox out_;
};

Client::Client(Loop& loop, ClientShape shape) : loop_(loop), shape_(std::move(shape)) {
  for (std::size_t made = 0; made < shape_.connections; ++made) {
    connections_.push_back(std::make_unique<Connection>(*this));
    closed_.push_back(connections_.back().get());
  }
}

Client::~Client() = default;

// A connection has nothing to do.
void Client::free(Connection& connection) {
  if (shape_.rate > 0) {
    idle_.push_back(&connection);
  } else if (!shape_.hold || !connection.held()) {
    connection.ask(now_ns());
  }
}

void Client::tick(std::int64_t now) {
  open_some();
  if (shape_.rate > 0) queue_due(now);
  while (!due_.empty() && !idle_.empty()) {
    Connection& connection = *idle_.back();
    idle_.pop_back();
    std::int64_t due = due_.front();
    due_.pop_front();
    connection.ask(due);
  }
  if (now >= next_sweep_) sweep(now);
}

// Few at a time, so that a listener's backlog is never the reason for an error. When connections are only to be held,
// fewer still: what a proxy needs for many requests at once must not be taken for what it needs to hold connections.
void Client::open_some() {
  constexpr std::size_t kOpenedATurn = 64;
  constexpr std::size_t kAskingToHold = 8;
  std::size_t asking = shape_.connections - closed_.size() - held_;
  std::size_t room = !shape_.hold ? kOpenedATurn : kAskingToHold - std::min(asking, kAskingToHold);
  for (; room > 0 && !closed_.empty(); --room) {
    Connection& connection = *closed_.back();
    closed_.pop_back();
    connection.open();
  }
}

void Client::queue_due(std::int64_t now) {
  if (next_due_ == 0) next_due_ = now;
  auto step = static_cast<std::int64_t>(1e9 / shape_.rate);
  for (; next_due_ <= now; next_due_ += step) {
    if (due_.size() < kBacklogMax)
      due_.push_back(next_due_);
    else
      tally_.overrun += 1;
  }
}

void Client::sweep(std::int64_t now) {
  next_sweep_ = now + kSweepEveryNs;
  for (auto& connection : connections_) connection->give_up_before(now - kAnswerLimitNs);
}

}  // namespace tollgate::bench
