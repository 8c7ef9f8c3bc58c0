#pragma once
// What one thread's requests share: its doors to the world, its snapshot, and who reads the records.

#include <memory>
#include <span>
#include <vector>

#include "async/reactor.h"
#include "async/task_group.h"
#include "gateway/exchange.h"
#include "gateway/provider_objects.h"
#include "gateway/waiting_room.h"
#include "audit/stranger_bound.h"
#include "ports/audit_sink.h"
#include "ports/ledger.h"
#include "ports/provider.h"

namespace tollgate {

// A reader of finished requests: metrics, access log, totals of keys. Called on the worker's thread; never waits, never fails.
class RecordReader {
 public:
  virtual ~RecordReader() = default;
  virtual void recorded(const RequestRow& row, std::span<const AttemptRow> attempts) = 0;
  // A limit refused a call. The row that follows does not say which limit it was.
  virtual void limit_rejected(std::string_view limit) { static_cast<void>(limit); }
  // A provider refused a credential, or says that its quota is spent: it is left alone for a while.
  virtual void credential_benched(std::string_view provider, std::string_view key, std::string_view why) {
    static_cast<void>(provider), static_cast<void>(key), static_cast<void>(why);
  }
  // The gateway's own time in the request that was just recorded: without attempts and the waits between them.
  virtual void overhead(Duration spent) { static_cast<void>(spent); }
};

class Worker {
 public:
  Worker(Reactor& thread, Provider& upstream, Ledger& rows, std::uint16_t number)
      : reactor(thread), provider(upstream), ledger(rows), ids(number) {}

  Reactor& reactor;
  Provider& provider;
  Ledger& ledger;
  AuditSink* audit = nullptr;              // null: none is kept
  StrangerBound strangers;                 // told in it one by one
  CurrentSnapshot snapshot;
  RequestIdSource ids;
  std::vector<RecordReader*> readers;
  ProviderObjects* objects = nullptr;      // null: nothing is remembered
  SharedAnswers* shared = nullptr;         // null: none is shared
  Conversations* conversations = nullptr;  // null: none is kept
  WaitingRoom waiting;                     // for room at a route's targets
  TaskGroup background;                    // what goes on behind the callers' backs

  // An exchange that is clean; it comes back when its owner drops it.
  struct GiveBack {
    Worker* worker;
    void operator()(Exchange* exchange) const;
  };
  using OwnedExchange = std::unique_ptr<Exchange, GiveBack>;
  OwnedExchange take_exchange();

 private:
  static constexpr std::size_t spare_max = 4096;
  std::vector<std::unique_ptr<Exchange>> spare_;
};

}  // namespace tollgate
