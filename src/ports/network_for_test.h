#pragma once
// A network without a kernel: each connection is a Wire with our end, a ByteStream that the code under test owns, and a FarEnd
// that the test plays by hand.
//
//   TestListener   the far end calls us: listener.connect() is a client
//   TestDialer     we call the far end: dialer.calls[0] is a provider

#include <algorithm>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "ports/network.h"

namespace tollgate {

struct Wire {
  std::string to_us;
  std::string from_us;
  std::size_t room = SIZE_MAX;        // most bytes that `from_us` holds before we are told to wait
  std::size_t read_at_most = SIZE_MAX;  // bytes that one read gives us
  bool far_finished = false;
  bool far_broken = false;
  bool we_finished = false;
  Readiness* our_readiness = nullptr;  // null: our end is closed
};

class WireStream final : public ByteStream {
 public:
  explicit WireStream(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) { wire_->our_readiness = &readiness_; }
  ~WireStream() override { wire_->our_readiness = nullptr; }

  IoCount try_read(std::span<char> into) override {
    std::size_t count = std::min({into.size(), wire_->to_us.size(), wire_->read_at_most});
    if (wire_->far_broken) return IoCount::failed();
    if (count > 0) {
      std::memcpy(into.data(), wire_->to_us.data(), count);
      wire_->to_us.erase(0, count);
      return IoCount::moved(count);
    }
    if (wire_->far_finished) return IoCount::ended();
    readiness_.drained();
    return IoCount::blocked();
  }
  IoCount try_write(std::span<const std::string_view> parts) override {
    if (wire_->far_broken) return IoCount::failed();
    std::size_t count = 0;
    for (std::string_view part : parts) {
      std::size_t fits = std::min(part.size(), wire_->room - std::min(wire_->room, wire_->from_us.size()));
      wire_->from_us.append(part.substr(0, fits));
      count += fits;
      if (fits < part.size()) break;
    }
    if (count > 0) return IoCount::moved(count);
    readiness_.filled();
    return IoCount::blocked();
  }
  void finish_writing() override { wire_->we_finished = true; }
  Readiness& readiness() override { return readiness_; }
  PeerAddress peer() const override { return {IpAddress::v4(10, 0, 0, 7), 4321}; }

 private:
  std::shared_ptr<Wire> wire_;
  Readiness readiness_;
};

// The other side. Nothing here runs our code: that happens when the loop turns.
class FarEnd {
 public:
  explicit FarEnd(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) {}

  void say(std::string_view bytes) {
    wire_->to_us += bytes;
    if (wire_->our_readiness != nullptr) wire_->our_readiness->mark_readable();
  }
  // An orderly end (FIN), and a reset.
  void finish() {
    wire_->far_finished = true;
    hang_up();
  }
  void reset() {
    wire_->far_broken = true;
    if (wire_->our_readiness != nullptr) wire_->our_readiness->mark_writable();
    hang_up();
  }
  // Takes what came, at most `count` bytes of it.
  std::string take(std::size_t count = SIZE_MAX) {
    std::string taken = wire_->from_us.substr(0, count);
    wire_->from_us.erase(0, taken.size());
    if (!taken.empty() && wire_->our_readiness != nullptr) wire_->our_readiness->mark_writable();
    return taken;
  }
  std::string_view came() const { return wire_->from_us; }
  bool ended() const { return wire_->we_finished || closed(); }     // nothing more will come
  bool closed() const { return wire_->our_readiness == nullptr; }  // and nobody reads what we say
  Wire& wire() { return *wire_; }

 private:
  void hang_up() {
    if (wire_->our_readiness != nullptr) wire_->our_readiness->mark_hung_up();
  }
  std::shared_ptr<Wire> wire_;
};

class TestListener final : public Listener {
 public:
  Task<Result<std::unique_ptr<ByteStream>>> accept(Wait wait) override {
    while (waiting_.empty()) {
      readiness_.drained();
      Wake wake = co_await readiness_.readable(wait);
      if (wake != Wake::ready) co_return fail(woken_early(wake));
    }
    std::unique_ptr<ByteStream> stream = std::make_unique<WireStream>(waiting_.front());
    waiting_.pop_front();
    co_return stream;
  }
  FarEnd connect() {
    auto wire = std::make_shared<Wire>();
    waiting_.push_back(wire);
    readiness_.mark_readable();
    return FarEnd(wire);
  }

 private:
  std::deque<std::shared_ptr<Wire>> waiting_;
  Readiness readiness_;
};

class TestDialer final : public Dialer {
 public:
  std::vector<FarEnd> calls;      // in the order in which we called
  std::size_t room = SIZE_MAX;    // of the wires to come
  bool refuses = false;           // nobody listens there
  bool is_silent = false;         // nor says so

  Task<Result<std::unique_ptr<ByteStream>>> dial(const Origin&, Wait wait) override {
    if (refuses)
      co_return fail({.fault = Fault::upstream_unreachable, .retry = Retry::next_target, .detail = "refused"});
    if (is_silent) {
      Readiness nothing;
      nothing.drained();
      Wake wake = co_await nothing.readable(wait);
      co_return fail(woken_early(wake));
    }
    auto wire = std::make_shared<Wire>();
    wire->room = room;
    calls.push_back(FarEnd(wire));
    std::unique_ptr<ByteStream> stream = std::make_unique<WireStream>(wire);
    co_return stream;
  }
};

}  // namespace tollgate
