#include "app/audit_exports.h"

#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "telemetry/webhook_sink.h"

namespace tollgate {
namespace {

constexpr Duration look_every = milliseconds(200);
constexpr Duration sure_after = seconds(1);
constexpr Duration longest_delivery = seconds(10);
constexpr Duration first_pause = milliseconds(250);
constexpr Duration longest_pause = seconds(60);
constexpr std::size_t lines_at_once = 500;
constexpr std::size_t bytes_at_once = 256 * 1024;
constexpr std::size_t host_name_max = 256;
constexpr std::string_view webhook_name = "webhook", syslog_name = "syslog";

std::string cursor_file(std::string_view name) { return fmt::format("export-{}.cursor", name); }

// The line that a run before this one brought; 0: none.
Result<std::uint64_t> read_cursor(Disk& disk, std::string_view name) {
  TG_TRY(text, read_audit_text(disk, cursor_file(name)));
  if (!text) return 0;
  auto seq = parse_u64(trimmed(*text).substr(0, text->find('\n')));
  if (!seq) return fail(Fault::invalid_request, fmt::format("{} holds no number; without the file all of the log is sent anew", cursor_file(name)));
  return *seq;
}

std::string own_host_name() {
  std::array<char, host_name_max> room{};
  return ::gethostname(room.data(), room.size() - 1) == 0 ? std::string(room.data()) : std::string();
}

std::vector<ExportLine> export_lines(std::vector<FollowedLine> lines) {
  std::vector<ExportLine> out;
  out.reserve(lines.size());
  for (FollowedLine& line : lines) out.push_back({line.seq, std::move(line.at), std::move(line.kind), std::move(line.line)});
  return out;
}

}  // namespace

std::expected<Url, std::string> webhook_url(const AuditConfig& audit, const config::SecretSources& sources) {
  auto ref = parse_secret_ref(audit.webhook);
  std::string text = audit.webhook;
  if (ref && ref->from != SecretRef::From::plain) {
    auto secret = config::resolve(*ref, sources);
    if (!secret) return std::unexpected(secret.error());
    if (!*secret) return std::unexpected("the vault cannot be asked for an address");
    text = (*secret)->reveal();
  }
  auto url = parse_url(text);
  if (!url) return std::unexpected(fmt::format("the address {}", url.error()));
  return *url;
}

AuditExports::AuditExports(Doors doors)
    : doors_(doors),
      random_(system_seed()),
      reactor_(doors.clock, random_, poller_),
      resolver_(reactor_),
      dialer_(resolver_, poller_, tls_),
      stop_(reactor_, [](void* self) { static_cast<AuditExports*>(self)->tasks_.cancellation().cancel(); }, this) {}

Result<AuditExports::Lane*> AuditExports::add_lane(std::string_view name) {
  TG_TRY(after, read_cursor(doors_.disk, name));
  // A log that began anew has fewer lines than were brought once.
  if (after > doors_.log.durable_seq()) after = 0;
  Lane& lane = *lanes_.emplace_back(std::make_unique<Lane>(name, doors_.disk, after));
  lane.arrived = after;
  return &lane;
}

Result<std::unique_ptr<AuditExports>> AuditExports::open(Doors doors, const AuditConfig& audit, const config::SecretSources& sources) {
  if (audit.webhook.empty() && audit.syslog.empty()) return std::unique_ptr<AuditExports>();
  std::unique_ptr<AuditExports> exports(new AuditExports(doors));
  if (!audit.webhook.empty()) {
    auto url = webhook_url(audit, sources);
    if (!url) return fail(Fault::invalid_request, "audit.webhook: " + url.error());
    Secret secret;
    if (!audit.webhook_secret.empty()) {
      auto resolved = config::resolve(audit.webhook_secret, sources);
      if (!resolved || !*resolved) return fail(Fault::invalid_request, "audit.webhook_secret: " + (resolved ? std::string("it cannot be had") : resolved.error()));
      secret = std::move(**resolved);
    }
    TG_TRY(lane, exports->add_lane(webhook_name));
    lane->sink = std::make_unique<WebhookSink>(*url, secret, exports->dialer_, doors.memory);
  }
  if (!audit.syslog.empty()) {
    auto address = parse_syslog_address(audit.syslog);
    if (!address) return fail(Fault::invalid_request, "audit.syslog: it is no address of a collector");
    TG_TRY(lane, exports->add_lane(syslog_name));
    lane->sink = std::make_unique<SyslogSink>(std::move(*address), SyslogSender{own_host_name(), ::getpid()}, exports->dialer_, exports->resolver_);
  }
  exports->thread_ = std::thread(&AuditExports::run, exports.get());
  return exports;
}

AuditExports::~AuditExports() {
  if (!thread_.joinable()) return;
  stop_.ring();
  thread_.join();
}

std::vector<ExportFigure> AuditExports::figures() const {
  std::vector<ExportFigure> out;
  const std::uint64_t newest = doors_.log.durable_seq();
  for (const auto& lane : lanes_) {
    const std::uint64_t arrived = lane->arrived;
    out.push_back({lane->name, static_cast<std::int64_t>(newest > arrived ? newest - arrived : 0), lane->failures});
  }
  return out;
}

void AuditExports::run() {
  ::pthread_setname_np(::pthread_self(), "audit-export");
  {
    Reactor::Turn turn(reactor_);
    for (auto& lane : lanes_) tasks_.spawn(follow(*lane));
  }
  reactor_.run_until([this] { return tasks_.size() == 0; });
  lanes_.clear();  // their connections are this thread's
}

// Until it is cancelled.
Task<void> AuditExports::follow(Lane& lane) {
  for (;;) {
    const bool more = co_await one_round(lane);
    const Duration pause = lane.pause > Duration::zero() ? lane.pause : more ? Duration::zero() : look_every;
    Wait wait{reactor_.now() + pause, &tasks_.cancellation()};
    if (co_await sleep(wait) == Wake::cancelled) co_return;
  }
}

// True when there may be more to bring at once.
Task<bool> AuditExports::one_round(Lane& lane) {
  auto followed = lane.follower.next(doors_.log.durable_seq(), lines_at_once, bytes_at_once);
  if (!followed) failed(lane, followed.error());
  if (!followed) co_return false;
  if (followed->empty()) {
    const bool on_its_way = lane.sure < lane.follower.seq();
    if (!on_its_way || reactor_.now() - lane.sent_at < sure_after) co_return false;
    if (lane.sink->still_there())
      settle(lane, lane.follower.seq());
    else
      failed(lane, Error{.fault = Fault::upstream_unreachable, .detail = "it closed the connection"});
    co_return false;
  }
  const std::vector<ExportLine> lines = export_lines(std::move(*followed));
  Wait wait{reactor_.now() + longest_delivery, &tasks_.cancellation()};
  auto delivered = co_await lane.sink->deliver(lines, wait);
  if (!delivered && delivered.error().fault == Fault::cancelled) co_return false;
  if (!delivered) failed(lane, delivered.error());
  if (!delivered) co_return false;
  const std::uint64_t before = lane.follower.seq();
  lane.follower.take();
  lane.sent_at = reactor_.now();
  lane.arrived = lane.follower.seq();
  if (lane.pause > Duration::zero()) fmt::print(stderr, "tollgate: audit export to the {} goes on\n", lane.name);
  lane.pause = {};
  if (std::uint64_t missed = lane.follower.missed(); missed > lane.missed) {
    fmt::print(stderr, "tollgate: audit export to the {}: {} lines had left the log before they could be sent\n", lane.name, missed - lane.missed);
    lane.missed = missed;
  }
  settle(lane, lane.sink->is_answered() ? lane.follower.seq() : before);
  co_return true;
}

// All up to this line has arrived. A cursor that cannot be written now is written with the next batch.
void AuditExports::settle(Lane& lane, std::uint64_t seq) {
  if (seq <= lane.sure) return;
  lane.sure = seq;
  std::ignore = doors_.disk.replace(cursor_file(lane.name), fmt::format("{}\n", seq));
}

void AuditExports::failed(Lane& lane, const Error& error) {
  ++lane.failures;
  if (lane.pause == Duration::zero()) fmt::print(stderr, "tollgate: audit export to the {} waits: {}\n", lane.name, error.detail);
  lane.pause = lane.pause == Duration::zero() ? first_pause : std::min(lane.pause * 2, longest_pause);
  lane.follower.back_to(lane.sure);
  lane.arrived = lane.sure;
}

}  // namespace tollgate
