#include "telemetry/syslog_sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "async/reactor.h"
#include "base/text.h"

namespace tollgate {
namespace {

constexpr int priority = 13 * 8 + 6;  // facility "log audit", severity "informational"
constexpr std::size_t datagram_bytes_max = 60'000;
constexpr Duration full_queue_pause = milliseconds(5);

std::optional<std::uint16_t> port_of(std::string_view text) {
  auto number = parse_u64(text);
  if (!number || *number == 0 || *number > UINT16_MAX) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

bool is_host_character(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_'; }

// The end of a text, not inside a character.
std::string_view cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most);
}

}  // namespace

std::optional<SyslogAddress> parse_syslog_address(std::string_view text) {
  using enum SyslogAddress::Way;
  if (text.starts_with("unix:/")) return SyslogAddress{local, std::string(text.substr(5)), 0};
  SyslogAddress address;
  for (auto [scheme, way] : {std::pair<std::string_view, SyslogAddress::Way>{"udp://", udp}, {"tcp://", tcp}, {"tls://", tls}}) {
    if (!text.starts_with(scheme)) continue;
    address.way = way;
    std::string_view rest = text.substr(scheme.size());
    std::size_t colon = rest.rfind(':');
    auto port = colon == std::string_view::npos ? std::nullopt : port_of(rest.substr(colon + 1));
    if (!port) return std::nullopt;
    std::string_view host = rest.substr(0, colon);
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (bracketed) host = host.substr(1, host.size() - 2);
    bool good = bracketed ? parse_ip(host).has_value() : !host.empty() && std::ranges::all_of(host, is_host_character);
    if (!good) return std::nullopt;
    address.host = host;
    address.port = *port;
    return address;
  }
  return std::nullopt;
}

// RFC 5424, 6: HEADER SP STRUCTURED-DATA SP MSG; read 2026-11-29.
std::string syslog_message(const ExportLine& line, const SyslogSender& sender) {
  return fmt::format("<{}>1 {} {} tollgate {} {} - {}", priority, line.at, sender.host_name.empty() ? "-" : sender.host_name, sender.process,
                     line.kind.empty() ? "-" : line.kind, line.line);
}

Task<Result<void>> SyslogSink::open(Wait wait) {
  if (address_.way == SyslogAddress::Way::local) {
    TG_CO_TRY(opened, DatagramSender::to_unix(address_.host));
    datagrams_ = std::move(opened);
  } else if (address_.way == SyslogAddress::Way::udp) {
    TG_CO_TRY(addresses, co_await resolver_.resolve(address_.host, address_.port, wait));
    if (addresses.empty()) co_return fail(Fault::upstream_unreachable, "its name has no address");
    TG_CO_TRY(opened, DatagramSender::to(addresses.front()));
    datagrams_ = std::move(opened);
  } else {
    Origin origin;
    origin.host = address_.host;
    origin.port = address_.port;
    origin.tls = address_.way == SyslogAddress::Way::tls;
    TG_CO_TRY(opened, co_await dialer_.dial(origin, wait));
    stream_ = std::move(opened);
  }
  co_return Result<void>();
}

// A collector says nothing: what can be read is its end.
bool SyslogSink::still_there() {
  if (stream_ == nullptr) return !is_stream();
  std::array<char, 256> room;
  for (;;) {
    IoCount got = stream_->try_read(room);
    if (got.state == IoCount::State::moved) continue;
    if (got.state == IoCount::State::blocked) return true;
    stream_.reset();
    return false;
  }
}

Task<Result<void>> SyslogSink::deliver(std::span<const ExportLine> lines, Wait wait) {
  const bool was_open = stream_ != nullptr || datagrams_ != nullptr;
  if (was_open && !still_there()) co_return fail(Fault::upstream_unreachable, "it closed the connection");
  if (!was_open) TG_CO_TRY_VOID(co_await open(wait));
  Result<void> done;
  if (is_stream())
    done = co_await deliver_stream(lines, wait);
  else
    done = co_await deliver_datagrams(lines, wait);
  if (!done) stream_.reset(), datagrams_.reset();
  co_return done;
}

Task<Result<void>> SyslogSink::deliver_stream(std::span<const ExportLine> lines, Wait wait) {
  std::string bytes;
  for (const ExportLine& line : lines) {
    const std::string message = syslog_message(line, sender_);
    bytes += fmt::format("{} {}", message.size(), message);
  }
  std::string_view parts[] = {bytes};
  co_return co_await write_all(*stream_, parts, wait);
}

Task<Result<void>> SyslogSink::deliver_datagrams(std::span<const ExportLine> lines, Wait wait) {
  for (const ExportLine& line : lines) {
    const std::string message = syslog_message(line, sender_);
    for (;;) {
      auto sent = datagrams_->send(cut(message, datagram_bytes_max));
      if (sent == DatagramSender::Sent::yes) break;
      if (sent == DatagramSender::Sent::failed) co_return fail(Fault::upstream_unreachable, "nobody takes the datagrams");
      const Instant now = Reactor::current().now();
      if (now >= wait.until) co_return fail(Fault::deadline, "its queue is full");
      Wake woken = co_await sleep(Wait{std::min(now + full_queue_pause, wait.until), wait.cancellation});
      if (woken == Wake::cancelled) co_return fail(woken_early(woken));
    }
  }
  co_return Result<void>();
}

}  // namespace tollgate
