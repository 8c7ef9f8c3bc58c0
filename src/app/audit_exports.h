#pragma once
// Brings each line of the audit log to the places that the settings `audit.webhook` and `audit.syslog` name, on a thread of its
// own: in their order, at least once, and never in anybody's way. The log is the record; a place that is down finds all of it
// when it comes back, as long as `audit.keep` lasts.
//
//   follow    lines that are on the disk, in batches; sealed as they are, so that an erasure holds there too
//   deliver   within 10 s; what fails is tried again after 250 ms, then twice as long each time, up to 60 s
//   cursor    export-NAME.cursor in the folder of the log: the last line that has surely arrived. After a kill the lines behind
//             it are sent once more
//
// Where nobody answers (syslog) a batch counts as arrived when the connection still stood a second later, or at the next batch;
// a connection that broke gets its last batch again.

#include <atomic>
#include <expected>
#include <thread>

#include "app/audit_files.h"
#include "async/epoll_poller.h"
#include "async/reactor.h"
#include "async/task_group.h"
#include "base/url.h"
#include "config/secrets.h"
#include "net/buffer.h"
#include "net/resolver.h"
#include "net/tcp_dialer.h"
#include "net/tls_client.h"
#include "storage/audit/follower.h"
#include "storage/audit/log.h"
#include "storage/config.h"
#include "telemetry/export_sink.h"
#include "telemetry/gateway_gauges.h"
#include "telemetry/syslog_sink.h"

namespace tollgate {

// The address that the setting names. The error is a sentence without it: it may hold a credential.
std::expected<Url, std::string> webhook_url(const AuditConfig& audit, const config::SecretSources& sources);

class AuditExports {
 public:
  struct Doors {
    Disk& disk;          // the folder of the log
    const AuditLog& log;
    Clock& clock;
    MemoryBudget& memory;
  };
  // Null: no place is named. Doors outlive it. Error: invalid_request, for an operator.
  static Result<std::unique_ptr<AuditExports>> open(Doors doors, const AuditConfig& audit, const config::SecretSources& sources);
  // Gives up what is under way: the next run goes on there.
  ~AuditExports();
  AuditExports(const AuditExports&) = delete;

  // Any thread.
  std::vector<ExportFigure> figures() const;

 private:
  // One place.
  struct Lane {
    Lane(std::string_view place, Disk& disk, std::uint64_t after) : name(place), follower(disk, after), sure(after) {}
    std::string_view name;
    std::unique_ptr<ExportSink> sink{};
    AuditFollower follower;
    std::uint64_t sure;         // the cursor's line
    Instant sent_at{};
    Duration pause{0};          // before the next try; zero: the last one went well
    std::uint64_t missed = 0;   // of the follower, as it was told
    std::atomic<std::uint64_t> arrived{0}, failures{0};
  };

  explicit AuditExports(Doors doors);
  Result<Lane*> add_lane(std::string_view name);
  void run();
  Task<void> follow(Lane& lane);
  Task<bool> one_round(Lane& lane);
  void settle(Lane& lane, std::uint64_t seq);
  void failed(Lane& lane, const Error& error);

  Doors doors_;
  SeededRandom random_;
  EpollPoller poller_;
  Reactor reactor_;
  Resolver resolver_;
  TlsClients tls_;
  TcpDialer dialer_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  TaskGroup tasks_;
  Doorbell stop_;
  std::thread thread_;
};

}  // namespace tollgate
