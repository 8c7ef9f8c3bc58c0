#include "bench/stub.h"

#include <unistd.h>

#include <utility>

namespace tollgate::bench {

class Stub::Connection final : public Watcher {
 public:
  explicit Connection(Stub& stub) : stub_(stub) {}

  void begin(int socket) {
    socket_ = socket;
    life_ += 1;
    reader_.next();
    out_.clear();
  }

  void end() {
    if (socket_ < 0) return;
    close(socket_);
    socket_ = -1;
    life_ += 1;
    stub_.release(*this);
  }

  void ready(HungUp hung_up) override {
    if (socket_ < 0) return;
    bool alive =
        out_.flush(socket_) && read_into(socket_, hung_up, [this](std::string_view bytes) { return take(bytes); });
    if (!alive) end();
  }

  std::uint64_t life() const { return life_; }

  void answer(std::int64_t now) {
    if (!stub_.shape_.stream) return send(stub_.answers_.json_http);
    if (stub_.shape_.pace_ns == 0) return send_whole_stream(now);
    sent_events_ = 0;
    send_event(stub_.answers_.stream_head, now);
  }

  // The next event of a paced stream, or its end.
  void proceed(std::int64_t now) {
    if (sent_events_ < stub_.shape_.events)
      send_event({}, now);
    else
      send(stub_.answers_.stream_end);
  }

 private:
  bool take(std::string_view bytes) {
    while (!bytes.empty() && socket_ >= 0) {
      bytes.remove_prefix(reader_.take(bytes));
      if (reader_.bad()) return false;
      if (reader_.done()) begin_answer();
    }
    return socket_ >= 0;
  }

  void begin_answer() {
    reader_.next();
    stub_.requests_ += 1;
    std::int64_t now = now_ns();
    if (stub_.shape_.delay_ns == 0)
      answer(now);
    else
      stub_.delayed_.push_back({now + stub_.shape_.delay_ns, this, life_});
  }

  void send(std::string_view bytes) {
    if (!out_.send(socket_, bytes)) end();
  }

  void send_event(std::string_view head, std::int64_t now) {
    std::string bytes(head);
    std::size_t at = bytes.size() + stub_.answers_.stamp_at;
    bytes += stub_.answers_.event;
    write_stamp(bytes.data() + at, now);
    sent_events_ += 1;
    stub_.paced_.push_back({now + stub_.shape_.pace_ns, this, life_});
    send(bytes);
  }

  void send_whole_stream(std::int64_t now) {
    const Answers& answers = stub_.answers_;
    std::string& bytes = stub_.whole_stream_;
    for (std::size_t event = 0; event < stub_.shape_.events; ++event) {
      write_stamp(bytes.data() + answers.stream_head.size() + event * answers.event.size() + answers.stamp_at, now);
    }
    send(bytes);
  }

  Stub& stub_;
  int socket_ = -1;
  std::uint64_t life_ = 0;
  std::size_t sent_events_ = 0;
  MessageReader reader_;
  Outbox out_;
};

Stub::Stub(Loop& loop, Address at, StubShape shape)
    : loop_(loop), shape_(std::move(shape)), answers_(answers(shape_.model)), listener_(listen_on(at)) {
  whole_stream_ = answers_.stream_head;
  for (std::size_t event = 0; event < shape_.events; ++event) whole_stream_ += answers_.event;
  whole_stream_ += answers_.stream_end;
  loop_.watch(listener_, *this);
}

Stub::~Stub() { close(listener_); }

void Stub::ready(HungUp) {
  for (int socket = accept_from(listener_); socket >= 0; socket = accept_from(listener_)) {
    if (unused_.empty()) {
      connections_.push_back(std::make_unique<Connection>(*this));
      unused_.push_back(connections_.back().get());
    }
    Connection& connection = *unused_.back();
    unused_.pop_back();
    connection.begin(socket);
    loop_.watch(socket, connection);
  }
}

void Stub::release(Connection& connection) { unused_.push_back(&connection); }

void Stub::tick(std::int64_t now) {
  for (; !delayed_.empty() && delayed_.front().at <= now; delayed_.pop_front()) {
    Due due = delayed_.front();
    if (due.connection->life() == due.life) due.connection->answer(now);
  }
  while (!paced_.empty() && paced_.front().at <= now) {
    Due due = paced_.front();
    paced_.pop_front();
    if (due.connection->life() == due.life) due.connection->proceed(now);
  }
}

}  // namespace tollgate::bench
