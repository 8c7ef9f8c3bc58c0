#pragma once
// The gateway, built: everything that runs while `tollgate serve` runs, made from a configuration and joined at its end.
//
//   workers        a thread for each core, serving callers
//   journal        two threads that make the ledger durable and keep it in order
//   audit          a thread that writes the audit log
//   view           a thread that feeds the ledger's view
//   admin          a thread for the admin port and for housekeeping: keys that others changed, limits that ended

#include "app/admin_thread.h"
#include "app/config.h"
#include "app/data_folder.h"
#include "app/ledger_answers.h"
#include "app/running_audit.h"
#include "app/snapshot_builder.h"
#include "app/telemetry.h"
#include "app/view_thread.h"
#include "app/worker_thread.h"
#include "storage/journal/journal_threads.h"

namespace tollgate {

class House {
 public:
  struct Plan {
    Config config;
    std::filesystem::path data;
    std::filesystem::path file;             // the configuration's; empty: none
    std::function<ConfigResult()> reload;  // reads the configuration anew
    std::vector<AdminToken> admin_tokens;
    ConfigOptions options{};                // of reading it
  };
  // Recovers the ledger, opens the doors. Error: words for an operator.
  static Result<std::unique_ptr<House>> open(Plan plan);
  ~House();
  House(const House&) = delete;

  // Where it listens, also where port 0 was asked for.
  std::uint16_t model_port() const;
  std::uint16_t admin_port() const;

  // Reads the configuration again, all or nothing. Error: what is wrong with it, a line for each fault.
  // `actor`: who asks, for the audit log.
  Result<void> reload(std::string_view actor, std::string_view role = {});

  // Stops accepting, lets running calls end within the drain limit, then closes the ledger.
  Result<void> stop();

 private:
  explicit House(Plan plan) : plan_(std::move(plan)) {}
  Result<void> build();
  Result<void> open_ledger();
  Result<void> open_audit();
  Result<void> take_over(Config config);
  AuditDoors audit_doors();
  GatewayFigures figures() const;
  std::string metrics_text();
  Result<void> open_workers();
  Result<void> open_admin();
  Result<void> publish(const Config& config);
  std::shared_ptr<const Snapshot> snapshot() const;
  ModelPort::Doors doors_of(Worker& worker);
  std::filesystem::path view_path() const;
  std::optional<JournalPositions> view_positions() const;
  Result<void> ready() const;
  void keep_house();
  Result<void> open_objects();
  Result<void> write_objects();
  Result<void> rewrite_objects(std::string_view lines);
  void watch_file();
  ServerConfig server() const;
  using LedgerQuestion = std::function<Result<LedgerAnswer>(LedgerQueries&, std::string_view)>;
  Result<AdminAnswer> ask_ledger(const LedgerQuestion& ask, std::string_view question);
  Result<LedgerAnswer> usage(LedgerQueries& queries, std::string_view question) const;
  Result<std::string> explained(std::string_view body);
  Result<AdminAnswer> request(std::string_view id, std::string_view team);
  Result<AdminReply> object(AdminObject asked, const AdminCall& call);
  void wait_until_taken();
  bool has_row(RequestId id);
  std::optional<std::string> row_json(RequestId id, std::string_view key);

  Plan plan_;
  SystemClock clock_;
  DataFolder folder_;
  std::unique_ptr<FileDisk> journal_disk_;
  std::unique_ptr<MemoryBudget> memory_;
  std::unique_ptr<Counters> counters_;
  std::unique_ptr<HealthBook> health_;
  ProviderObjects objects_;
  Conversations conversations_{0};
  SharedAnswers shared_answers_;
  std::unique_ptr<AppendFile> objects_file_;
  std::mutex objects_mutex_;   // of the file
  bool objects_torn_ = false;  // a write failed: the next one writes all of it anew
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<RunningAudit> audit_;  // null: off
  std::unique_ptr<SnapshotBuilder> builder_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::unique_ptr<Telemetry> telemetry_;
  LimitAlerts alerts_;  // of keep_house()
  std::unique_ptr<WorkerThread::Shared> shared_;
  std::unique_ptr<ViewThread> view_;
  std::vector<std::unique_ptr<WorkerThread>> workers_;
  std::unique_ptr<JournalThreads> journal_threads_;
  std::unique_ptr<AdminThread> admin_;
  mutable std::mutex reload_mutex_;        // of plan_.config, builder_ and snapshot_
  std::filesystem::file_time_type file_time_{};  // of the configuration that was read last
  std::atomic<bool> draining_{false};
};

}  // namespace tollgate
