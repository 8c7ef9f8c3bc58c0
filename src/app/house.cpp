#include "app/house.h"

#include <fmt/format.h>
#include <unistd.h>

#include <tuple>

#include "app/admin_answers.h"
#include "app/admin_page.h"
#include "app/audit_answers.h"
#include "app/limits_list.h"
#include "app/machine.h"
#include "app/past_calls.h"
#include "app/server_limits.h"
#include "app/targets_list.h"
#include "app/token_counts.h"
#include "app/version.h"
#include "crypto/random.h"
#include "gateway/explanation.h"
#include "storage/sqlite/queries.h"
#include "storage/vault/private_file.h"
#include "telemetry/row_line.h"

namespace tollgate {
namespace {

constexpr std::string_view journal_folder = "journal";
constexpr std::string_view objects_file = "objects.jsonl";
constexpr Duration longest_question = seconds(10);  // to the ledger, by the admin port
constexpr Duration longest_take_over = seconds(1);
constexpr Duration take_over_look = std::chrono::microseconds(200);
constexpr std::size_t objects_bytes_max = 256 * 1024 * 1024;

std::size_t bytes_of(const ResponsesConfig& responses) { return responses.store ? static_cast<std::size_t>(responses.max_bytes.count) : 0; }

std::unexpected<Error> in_words(const std::vector<ConfigFault>& faults) {
  std::string text;
  for (const ConfigFault& fault : faults) text += (text.empty() ? "" : "\n") + to_string(fault);
  return fail(Fault::invalid_request, std::move(text));
}

}  // namespace

Result<std::unique_ptr<House>> House::open(Plan plan) {
  std::unique_ptr<House> house(new House(std::move(plan)));
  TG_TRY_VOID(house->build());
  return house;
}

House::~House() { std::ignore = stop(); }

Result<void> House::build() {
  std::error_code missing;
  if (!plan_.file.empty()) file_time_ = std::filesystem::last_write_time(plan_.file, missing);
  TG_TRY(folder, DataFolder::open(plan_.data, clock_.wall()));
  folder_ = std::move(folder);
  const ServerConfig& server = plan_.config.server;
  std::size_t memory = server.memory ? static_cast<std::size_t>(server.memory->count) : usable_memory() / 2;
  memory_ = std::make_unique<MemoryBudget>(memory);
  counters_ = std::make_unique<Counters>(system_seed());
  health_ = std::make_unique<HealthBook>();
  telemetry_ = std::make_unique<Telemetry>(plan_.config.telemetry, clock_.wall());
  builder_ = std::make_unique<SnapshotBuilder>(
      SnapshotSources{*folder_.pepper, *folder_.key_store, *folder_.limit_store, *counters_, *health_, folder_.secret_sources()});
  TG_TRY(snapshot, builder_->build(plan_.config));
  snapshot_ = std::move(snapshot);
  telemetry_->know(plan_.config);
  TG_TRY_VOID(open_objects());
  TG_TRY_VOID(open_ledger());
  TG_TRY_VOID(open_audit());
  restore_past_calls(*journal_, *snapshot_->limits, telemetry_->totals(), clock_.wall());
  LedgerQueries queries(*journal_disk_, journal_->names(), view_path());
  TG_TRY_VOID(restore_past_shadows(queries, *snapshot_, clock_.wall()));
  TG_TRY_VOID(open_workers());
  return open_admin();
}

Result<void> House::open_ledger() {
  TG_TRY(disk, FileDisk::open(plan_.data / journal_folder));
  journal_disk_ = std::move(disk);
  int workers = plan_.config.server.threads.value_or(usable_cores());
  JournalSettings settings{.writers = workers,
                           .keep = plan_.config.ledger.keep,
                           .journal_max_bytes = static_cast<std::uint64_t>(plan_.config.ledger.journal_max.count),
                           .random = [] { return crypto::random_u64(); }};
  std::string owner = fmt::format("tollgate, process {}", ::getpid());
  TG_TRY(journal, Journal::open(*journal_disk_, *folder_.person_keys, std::move(settings), owner, clock_.wall()));
  journal_ = std::move(journal);
  return {};
}

Result<void> House::open_audit() {
  if (!plan_.config.audit) return {};
  TG_TRY(audit, RunningAudit::open(folder_, journal_->names(), *plan_.config.audit, clock_));
  audit_ = std::move(audit);
  LedgerQueries queries(*journal_disk_, journal_->names(), view_path());
  TG_TRY_VOID(audit_->make_up_for_crash(queries));
  TG_TRY_VOID(audit_->export_with(*plan_.config.audit, folder_.secret_sources(), *memory_));
  return audit_->append({.actor = "tollgate serve", .action = "gateway.start", .object = version_text, .after = plan_.config.digest});
}

Result<void> House::open_workers() {
  shared_ = std::make_unique<WorkerThread::Shared>(WorkerThread::Shared{
      clock_, *memory_, plan_.config.ledger.durability, server_limits(plan_.config.server), nullptr,
      plan_.config.server.proxy_protocol});
  if (const auto& tls = plan_.config.server.tls) {
    TG_TRY(loaded, TlsServer::load(tls->cert, tls->key));
    shared_->tls = std::move(loaded);
  }
  for (int i = 0; i < journal_->writer_count(); ++i) {
    auto worker = std::make_unique<WorkerThread>(*shared_, static_cast<std::uint16_t>(i), journal_->writer(i));
    for (ListenAddress address : plan_.config.server.listen) {
      if (address.port == 0 && !workers_.empty()) address.port = workers_.front()->port();
      TG_TRY_VOID(worker->listen(address));
    }
    worker->worker().objects = &objects_;
    worker->worker().conversations = &conversations_;
    worker->worker().shared = &shared_answers_;
    if (audit_ != nullptr) worker->audit_with(audit_->log(), audit_->digest());
    worker->serve_with(doors_of(worker->worker()), telemetry_->readers());
    workers_.push_back(std::move(worker));
  }
  view_ = std::make_unique<ViewThread>(*journal_, *journal_disk_, clock_, view_path(), plan_.config.ledger.keep);
  journal_threads_ = std::make_unique<JournalThreads>(
      *journal_, plan_.config.ledger.durability,
      JournalThreads::Doors{[this] { return view_positions(); }, [](const Error& error) {
                              fmt::print(stderr, "tollgate: ledger: {}\n", error.detail);
                            }});
  if (audit_ != nullptr) audit_->run();
  for (auto& worker : workers_) worker->start(snapshot_);
  return {};
}

// What providers keep for callers, as the last run left it; written anew, so that the file does not grow from run to run.
Result<void> House::open_objects() {
  conversations_.resize(bytes_of(plan_.config.responses));
  TG_TRY(text, read_private_file(plan_.data / objects_file, objects_bytes_max));
  if (text) objects_.load(*text);
  return rewrite_objects(objects_.take_lines(true));
}

Result<void> House::rewrite_objects(std::string_view lines) {
  TG_TRY_VOID(folder_.disk->replace(objects_file, lines));
  TG_TRY(file, folder_.disk->open_append(objects_file));
  objects_file_ = std::move(file);
  return {};
}

Result<void> House::write_objects() {
  std::lock_guard lock(objects_mutex_);
  std::string lines = objects_.take_lines(objects_torn_);
  if (lines.empty()) return {};
  Result<void> written = objects_torn_ ? rewrite_objects(lines) : objects_file_->append(lines);
  if (written) written = objects_file_->sync();
  objects_torn_ = !written;
  return written;
}

std::filesystem::path House::view_path() const { return plan_.data / view_file; }

std::optional<JournalPositions> House::view_positions() const {
  if (view_ == nullptr) return std::nullopt;
  return view_->feeder().durable_positions();
}

Result<void> House::open_admin() {
  admin_ = std::make_unique<AdminThread>(clock_, *memory_, [this] { keep_house(); });
  for (const ListenAddress& address : plan_.config.admin.listen) TG_TRY_VOID(admin_->listen(address));
  admin_->start({.tokens = plan_.admin_tokens,
                 .metrics_need_token = plan_.config.admin.metrics == MetricsAccess::token,
                 .metrics = [this] { return metrics_text(); },
                 .ready = [this] { return ready(); },
                 .page = [this] { return admin_page(*telemetry_, model_port()); },
                 .reload = [this](std::string_view actor, std::string_view role) { return reload(actor, role); },
                 .targets = [this] { return targets_json(*snapshot(), clock_.now(), clock_.wall()); },
                 .limits = [this](std::string_view team) { return limits_json(*snapshot(), clock_.wall(), team); },
                 .explain = [this](std::string_view body) { return explained(body); },
                 .count = [this](std::string_view question) { return token_counts(question, snapshot()->tokenizers.get()); },
                 .usage = [this](std::string_view query) { return ask_ledger([this](auto& queries, auto asked) { return usage(queries, asked); }, query); },
                 .requests = [this](std::string_view query) { return ask_ledger(requests_answer, query); },
                 .request = [this](std::string_view id, std::string_view team) { return request(id, team); },
                 .objects = [this](AdminObject asked, const AdminCall& call) { return object(asked, call); },
                 .audit = audit_doors()});
  return {};
}

Result<AdminAnswer> House::ask_ledger(const LedgerQuestion& ask, std::string_view question) {
  LedgerQueries queries(*journal_disk_, journal_->names(), view_path());
  queries.give_up_after(longest_question);
  TG_TRY(answer, ask(queries, question));
  return AdminAnswer{std::string(answer.content_type), std::move(answer.body)};
}

Result<LedgerAnswer> House::usage(LedgerQueries& queries, std::string_view question) const {
  ShowbackConfig showback;
  {
    std::lock_guard lock(reload_mutex_);
    showback = plan_.config.showback;
  }
  return usage_answer(queries, question, showback);
}

Result<AdminAnswer> House::request(std::string_view id, std::string_view team) {
  LedgerQueries queries(*journal_disk_, journal_->names(), view_path());
  queries.give_up_after(longest_question);
  TG_TRY(answer, request_answer(queries, id, team));
  return AdminAnswer{std::string(answer.content_type), std::move(answer.body)};
}

// What was changed holds when the answer goes out, in every worker.
Result<AdminReply> House::object(AdminObject asked, const AdminCall& call) {
  std::lock_guard lock(reload_mutex_);
  ObjectRoom room{plan_.config, plan_.options, *snapshot_, folder_, audit_.get(), clock_.wall()};
  TG_TRY(reply, answer_object(room, asked, call));
  if (!reply.changed) return reply;
  if (auto published = publish(plan_.config); !published)
    return fail(Fault::unavailable, "it is kept, but not yet in force: " + published.error().detail);
  wait_until_taken();
  return reply;
}

// REQUIRES: reload_mutex_ is held. A worker that is busy takes it before it looks at its next request.
void House::wait_until_taken() {
  const Instant until = clock_.now() + longest_take_over;
  for (const auto& worker : workers_)
    while (worker->snapshot_version() < snapshot_->version && clock_.now() < until) std::this_thread::sleep_for(take_over_look);
}

Result<std::string> House::explained(std::string_view body) {
  TG_TRY(question, read_question(body));
  auto held = std::make_shared<const std::shared_ptr<const Snapshot>>(snapshot());
  return explain(question, std::move(held), {.now = clock_.now(), .objects = &objects_, .conversations = &conversations_}, clock_.wall());
}

ModelPort::Doors House::doors_of(Worker& worker) {
  return {.worker = worker,
          .totals = telemetry_->totals(),
          .ready = [this] { return ready(); },
          .row_json = [this](RequestId id, std::string_view key) { return row_json(id, key); },
          .batches = {[this] { return write_objects(); }, [this](RequestId id) { return has_row(id); }}};
}

std::uint16_t House::model_port() const { return workers_.front()->port(); }
std::uint16_t House::admin_port() const { return admin_->port(); }

Result<void> House::ready() const {
  if (draining_) return fail(Fault::unavailable, "shutting down");
  if (audit_ != nullptr) TG_TRY_VOID(audit_->ready());
  switch (journal_->health()) {
    case LedgerHealth::ok: return {};
    case LedgerHealth::stalled: return fail(Fault::unavailable, "the ledger's disk does not answer in time");
    case LedgerHealth::full: return fail(Fault::unavailable, "the ledger's disk is full");
    default: return fail(Fault::unavailable, "the ledger cannot be written");
  }
}

std::shared_ptr<const Snapshot> House::snapshot() const {
  std::lock_guard lock(reload_mutex_);
  return snapshot_;
}

std::string House::metrics_text() {
  auto current = snapshot();
  auto breakers = breaker_figures(*current, clock_.now());
  GatewayFigures all = figures();
  all.breakers = breakers;
  std::vector<ExportFigure> exports;
  if (audit_ != nullptr) {
    exports = audit_->exports();
    const AuditLog& log = audit_->log();
    all.audit = AuditFigures{log.counts().lines, static_cast<std::int64_t>(log.lag()), exports};
  }
  return telemetry_->text(all);
}

GatewayFigures House::figures() const {
  GatewayFigures figures{.ledger_lag_rows = static_cast<std::int64_t>(view_->feeder().lag()),
                         .config_version = static_cast<std::int64_t>(snapshot()->version)};
  for (const auto& worker : workers_) {
    figures.in_flight += worker->gauges().in_flight;
    figures.upstream_connections += worker->gauges().upstream_connections;
    figures.reservations_open += worker->gauges().open_calls;
  }
  return figures;
}

// That key's row, with its attempts left out: what the caller may know of their own request.
std::optional<std::string> House::row_json(RequestId id, std::string_view key) {
  LedgerQueries queries(*journal_disk_, journal_->names(), view_path());
  auto found = queries.find(id);
  if (!found || !*found || (*found)->row.key != key) return std::nullopt;
  std::string json;
  append_row_json(json, (*found)->row, Personal::included);
  return json;
}

bool House::has_row(RequestId id) {
  LedgerQueries queries(*journal_disk_, journal_->names(), view_path());
  auto found = queries.find(id);
  return found && *found && (*found)->row.status == RowStatus::ok;
}

// REQUIRES: reload_mutex_ is held.
Result<void> House::publish(const Config& config) {
  TG_TRY(snapshot, builder_->build(config));
  snapshot_ = std::move(snapshot);
  telemetry_->know(config);
  conversations_.resize(bytes_of(config.responses));
  for (auto& worker : workers_) worker->publish(snapshot_);
  return {};
}

Result<void> House::reload(std::string_view actor, std::string_view role) {
  std::lock_guard lock(reload_mutex_);  // read and published in one: what was read first never comes last
  if (audit_ != nullptr) TG_TRY_VOID(audit_->ready());
  const std::string before = plan_.config.digest;
  auto loaded = plan_.reload();
  Result<void> done = loaded ? take_over(std::move(loaded->config)) : in_words(loaded.error());
  AuditChange change{.actor = actor, .role = role, .action = "config.reload", .before = before, .done = done.has_value()};
  if (done) change.after = plan_.config.digest;
  if (audit_ != nullptr) TG_TRY_VOID(audit_->append(change));
  return done;
}

// REQUIRES: reload_mutex_ is held.
Result<void> House::take_over(Config config) {
  TG_TRY_VOID(publish(config));
  plan_.config = std::move(config);
  return {};
}

AuditDoors House::audit_doors() {
  if (audit_ == nullptr) return {};
  return {.rows = [this](std::string_view query) { return audit_rows_answer(audit_->disk(), journal_->names(), *folder_.person_keys, query); },
          .verify = [this] { return audit_verify_answer(audit_->disk(), audit_->public_key()); },
          .denied = [this](std::string_view actor, std::string_view role, std::string_view action) {
            std::ignore = audit_->append({.actor = actor, .role = role, .action = action, .done = false});
          },
          .stranger = [this](std::string_view peer) { audit_->stranger(peer); }};
}

// Every second: keys and secrets that a command changed, counters whose window is over.
void House::keep_house() {
  auto vault_changed = folder_.vault->refresh();
  auto keys_changed = folder_.key_store->refresh();
  auto limits_changed = folder_.limit_store->refresh();
  bool changed = (vault_changed && *vault_changed) || (keys_changed && *keys_changed) || (limits_changed && *limits_changed);
  if (changed) {
    std::lock_guard lock(reload_mutex_);
    if (auto published = publish(plan_.config); !published)
      fmt::print(stderr, "tollgate: keys were not taken over: {}\n", published.error().detail);
  }
  counters_->sweep(clock_.wall());
  for (const LimitAlert& alert : alerts_.look(*snapshot()->limits, clock_.wall())) telemetry_->tell(alert);
  if (auto written = write_objects(); !written) fmt::print(stderr, "tollgate: {}: {}\n", objects_file, written.error().detail);
  watch_file();
}

// The settings of now: a reload may change them from another thread.
ServerConfig House::server() const {
  std::lock_guard lock(reload_mutex_);
  return plan_.config.server;
}

// `server.watch`: a file that changed is taken over, or the old one stays and its faults are told.
void House::watch_file() {
  std::error_code missing;
  auto time = plan_.file.empty() ? file_time_ : std::filesystem::last_write_time(plan_.file, missing);
  if (missing || time == std::exchange(file_time_, time) || !server().watch) return;
  auto reloaded = reload("the file has changed");
  fmt::print(stderr, "tollgate: {}\n", reloaded ? "configuration reloaded" : reloaded.error().detail);
}

Result<void> House::stop() {
  if (journal_ == nullptr || draining_.exchange(true)) return {};
  for (auto& worker : workers_) worker->drain(server().drain);
  for (auto& worker : workers_) worker->join();
  admin_.reset();  // it tells of the workers until here, and gives them new keys
  journal_threads_.reset();  // they ask the view, and wake the workers
  if (audit_ != nullptr) audit_->stop();  // its thread wakes the workers too
  workers_.clear();
  view_.reset();
  std::ignore = write_objects();
  return journal_->close(clock_.wall());
}

}  // namespace tollgate
