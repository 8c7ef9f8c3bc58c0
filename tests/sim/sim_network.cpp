#include "sim/sim_network.h"

#include <algorithm>
#include <cstring>

#include "async/reactor.h"

namespace tollgate::sim {
namespace {

constexpr auto latency_most_us = 40'000;
constexpr std::size_t piece_sizes[] = {1, 3, 17, 90, 512, 1460, 16 * 1024, 64 * 1024};
constexpr std::size_t rooms[] = {2 * 1024, 8 * 1024, 64 * 1024, 256 * 1024};

std::unexpected<Error> unreachable(std::string_view why) {
  return fail({.fault = Fault::upstream_unreachable, .retry = Retry::next_target, .detail = std::string(why)});
}

}  // namespace

// --- one end

SimStream::SimStream(SimNetwork& network, std::shared_ptr<Link> link, int end, HostId host, PeerAddress peer)
    : network_(network), link_(std::move(link)), end_(end), host_(host), peer_(peer) {
  link_->ends[static_cast<std::size_t>(end_)] = this;
  network_.streams_.push_back(this);
}

SimStream::~SimStream() {
  std::erase(network_.streams_, this);
  link_->ends[static_cast<std::size_t>(end_)] = nullptr;
  if (dead_) return;
  bool unread = !in().arrived.empty();
  if (unread)
    network_.carry_reset(link_, 1 - end_);
  else if (!out().finished)
    network_.carry_end(link_, 1 - end_);
  out().finished = true;
}

IoCount SimStream::try_read(std::span<char> into) {
  if (dead_) return IoCount::failed();
  Link::Way& way = in();
  std::size_t count = std::min(into.size(), way.arrived.size());
  if (count == 0) {
    if (way.broken) return IoCount::failed();
    if (way.end_arrived) return IoCount::ended();
    readiness_.drained();
    return IoCount::blocked();
  }
  std::memcpy(into.data(), way.arrived.data(), count);
  way.arrived.erase(0, count);
  if (SimStream* writer = other(); writer != nullptr && !writer->dead_) writer->readiness_.mark_writable();
  return IoCount::moved(count);
}

IoCount SimStream::try_write(std::span<const std::string_view> parts) {
  Link::Way& way = out();
  if (dead_ || in().broken || way.finished) return IoCount::failed();
  std::size_t held = way.on_wire + way.arrived.size(), room = link_->manner.room > held ? link_->manner.room - held : 0;
  std::string taken;
  for (std::string_view part : parts) taken.append(part.substr(0, room - std::min(room, taken.size())));
  if (taken.empty()) {
    readiness_.filled();
    return IoCount::blocked();
  }
  std::size_t count = taken.size();
  network_.carry(link_, 1 - end_, std::move(taken));
  return IoCount::moved(count);
}

void SimStream::finish_writing() {
  if (dead_ || std::exchange(out().finished, true)) return;
  network_.carry_end(link_, 1 - end_);
}

void SimStream::fall_silent() {
  for (Link::Way& way : link_->ways) way.silent = true;
}

void SimStream::reset() {
  if (!dead_) network_.carry_reset(link_, 1 - end_);
  die();
}

void SimStream::die() {
  if (std::exchange(dead_, true)) return;
  readiness_.mark_writable();
  readiness_.mark_hung_up();
}

// --- doors

Task<Result<std::unique_ptr<ByteStream>>> Door::accept(Wait wait) {
  while (waiting_.empty()) {
    readiness_.drained();
    Wake wake = co_await readiness_.readable(wait);
    if (wake != Wake::ready) co_return fail(woken_early(wake));
  }
  auto stream = std::move(waiting_.front());
  waiting_.pop_front();
  co_return std::move(stream);
}

bool Door::bring(std::unique_ptr<ByteStream> stream) {
  if (waiting_.size() >= backlog_max) return false;
  waiting_.push_back(std::move(stream));
  readiness_.mark_readable();
  return true;
}

Task<Result<std::unique_ptr<ByteStream>>> SimDialer::dial(const Origin& origin, Wait wait) {
  SimNetwork::Weather weather = network_.weather_[origin.host];
  std::uint64_t fate = network_.random_.below(1000);
  Duration latency = std::chrono::microseconds(network_.random_.below(latency_most_us));
  if (!dead_ && fate < weather.unanswered) co_return fail(woken_early(co_await sleep(wait)));
  Reactor& reactor = Reactor::current();
  if (co_await sleep(wait.at_most(reactor.now() + latency)) == Wake::cancelled)
    co_return fail(woken_early(Wake::cancelled));
  if (reactor.now() >= wait.until) co_return fail(woken_early(Wake::timeout));
  auto door = network_.doors_.find(origin.host);
  bool refused = fate - weather.unanswered < weather.refused;
  if (dead_ || refused || door == network_.doors_.end()) co_return unreachable("the connection was refused");
  auto stream = network_.connect(door->second, host_);
  if (stream == nullptr) co_return unreachable("the connection was refused");
  co_return std::move(stream);
}

// --- the wire

LinkManner SimNetwork::draw_manner() {
  LinkManner manner;
  manner.latency = std::chrono::microseconds(10 + random_.below(latency_most_us));
  std::uint64_t usual = random_.below(4);  // most connections carry large pieces
  manner.piece_max = usual != 0 ? 64 * 1024 : piece_sizes[random_.below(std::size(piece_sizes))];
  manner.room = random_.below(4) != 0 ? 64 * 1024 : rooms[random_.below(std::size(rooms))];
  return manner;
}

std::unique_ptr<ByteStream> SimNetwork::connect(const OpenDoor& to, HostId from) {
  auto link = std::make_shared<Link>();
  link->manner = draw_manner();
  PeerAddress peer{IpAddress::v4(10, 0, 0, 1), next_port_++};
  auto near = std::make_unique<SimStream>(*this, link, 0, from, PeerAddress{IpAddress::v4(10, 0, 0, 2), 80});
  auto far = std::make_unique<SimStream>(*this, link, 1, to.host, peer);
  if (!to.door->bring(std::move(far))) return nullptr;
  return near;
}

// How long until the next thing on this way arrives.
Duration SimNetwork::due(Link::Way& way, Duration latency) {
  Duration jitter = std::chrono::microseconds(random_.below(2000));
  way.last_delivery = std::max(way.last_delivery, time_.now() + latency + jitter);
  return way.last_delivery - time_.now();
}

void SimNetwork::carry(const std::shared_ptr<Link>& link, int to, std::string bytes) {
  auto index = static_cast<std::size_t>(to);
  link->ways[index].on_wire += bytes.size();
  for (std::size_t at = 0; at < bytes.size();) {
    std::size_t most = link->manner.piece_max;
    std::size_t size = std::min(bytes.size() - at, most > 1 ? 1 + random_.below(most) : 1);
    time_.after(due(link->ways[index], link->manner.latency), [this, link, to, index, piece = bytes.substr(at, size)] {
      Link::Way& way = link->ways[index];
      way.on_wire -= piece.size();
      if (way.silent || way.broken || way.lost) return;
      SimStream* reader = link->ends[index];
      if (reader == nullptr) return carry_reset(link, 1 - to);
      if (reader->dead_) return;
      way.arrived += piece;
      reader->readiness_.mark_readable();
    });
    at += size;
  }
}

void SimNetwork::carry_end(const std::shared_ptr<Link>& link, int to) {
  auto index = static_cast<std::size_t>(to);
  time_.after(due(link->ways[index], link->manner.latency), [link, index] {
    Link::Way& way = link->ways[index];
    SimStream* reader = link->ends[index];
    if (way.silent || way.broken || way.lost || reader == nullptr || reader->dead_) return;
    way.end_arrived = true;
    reader->readiness_.mark_hung_up();
  });
}

// A reset comes behind what was sent, and may take with it what the peer has not read.
void SimNetwork::carry_reset(const std::shared_ptr<Link>& link, int to) {
  auto index = static_cast<std::size_t>(to);
  bool takes_unread = random_.below(2) == 0;
  time_.after(due(link->ways[index], link->manner.latency), [link, index, takes_unread] {
    Link::Way& way = link->ways[index];
    SimStream* reader = link->ends[index];
    if (way.silent || way.broken || reader == nullptr || reader->dead_) return;
    way.broken = true;
    if (takes_unread) way.arrived.clear();
    reader->readiness_.mark_writable();
    reader->readiness_.mark_hung_up();
  });
}

void SimNetwork::end_host(HostId host, HostEnd how) {
  for (SimStream* stream : streams_) {
    if (stream->host_ != host || stream->dead_) continue;
    if (how == HostEnd::power) {
      stream->out().lost = true;
      if (random_.below(4) != 0) {  // else the peer learns of it by its own patience
        Duration later = milliseconds(1 + static_cast<std::int64_t>(random_.below(500)));
        time_.after(later, [this, link = stream->link_, to = 1 - stream->end_] { carry_reset(link, to); });
      }
    } else if (stream->in().arrived.empty()) {
      carry_end(stream->link_, 1 - stream->end_);
    } else {
      carry_reset(stream->link_, 1 - stream->end_);
    }
    stream->die();
  }
}

std::size_t SimNetwork::open_ends(HostId host) const {
  return static_cast<std::size_t>(std::count_if(streams_.begin(), streams_.end(), [host](const SimStream* stream) {
    return stream->host_ == host && !stream->dead_;
  }));
}

}  // namespace tollgate::sim
