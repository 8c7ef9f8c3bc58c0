#pragma once
// Questions to the ledger, answered exactly at once: what the view holds, and the journal's tail behind it.
//
// Works in any process, while a gateway runs on the folder and when none does; also without a view, from the journal
// alone. Each answer is one moment: view and positions are read in one transaction, the tail from those positions.
//
// Belongs to one thread. Fails when the journal is damaged, or when somebody holds the view's file for long.

#include <filesystem>
#include <functional>
#include <optional>

#include "domain/ledger_row.h"
#include "ports/disk.h"
#include "storage/journal/dictionary.h"
#include "storage/sqlite/view.h"

namespace tollgate {

enum class RowOrder : std::uint8_t { oldest_first, newest_first };

struct RowFilter {
  WallTime from{INT64_MIN};           // admitted at or after …
  WallTime to{INT64_MAX};             // … and before
  std::string key{}, team{}, user{};  // empty: all
  std::optional<RequestId> before{};  // only ids below: the next page, newest first
  RowOrder order = RowOrder::oldest_first;
  std::uint64_t limit = UINT64_MAX;
};

class LedgerQueries {
 public:
  // `disk` is the journal's folder, `view` the file in it; the dictionary may be in reading mode. All must outlive it.
  LedgerQueries(Disk& disk, Dictionary& names, std::filesystem::path view)
      : disk_(disk), names_(names), view_(std::move(view)) {}

  // A question to the view that takes longer ends with database_slow.
  void give_up_after(Duration time) { longest_ = time; }

  // In the order of their ids. The visitor says whether to go on.
  Result<void> rows(const RowFilter& filter, const std::function<bool(const LedgerRow&)>& visit);
  // Of the requests that the filter lets through, in the order of ids and numbers.
  Result<void> attempts(const RowFilter& filter, const std::function<bool(const AttemptRow&)>& visit);

  // Both at once, for what is computed from a row and its attempts. `record` is the row as the journal has it.
  struct Call {
    RequestRecord record;
    LedgerRow row;
    std::vector<AttemptRow> attempts;
  };
  Result<void> calls(const RowFilter& filter, const std::function<Result<bool>(const Call&)>& visit);

  struct Found {
    LedgerRow row;
    std::vector<AttemptRow> attempts;
  };
  Result<std::optional<Found>> find(RequestId id);

  // One moment of the ledger, for what is built upon it (sums.h).
  struct Moment {
    std::optional<Database> view;               // in a transaction; none: everything is in the tail
    std::optional<Statement> attempts_in_view;  // made when it is needed
    ViewBatch tail;                             // sorted by id
  };
  Result<Moment> moment();
  // The filter as ids and as SQL. Matches nothing when a name is unknown.
  struct Match {
    RowFilter filter;
    std::optional<std::uint32_t> key, team;  // ids
    std::vector<std::uint64_t> users;        // any of them
    bool nothing = false;
    bool fits(const RequestRecord& record) const;
    std::string where() const;      // " WHERE …", also when it is all
    std::string and_names() const;  // " AND …" for key, team and user; empty when it is all
  };
  Match match(const RowFilter& filter) const;
  // Asks again without the view when it turns out to be damaged: the journal says the same, slower.
  template <class Ask>
  auto with_or_without_view(Ask ask) {
    auto answer = ask();
    if (answer || answer.error().code != database_damaged || view_.empty()) return answer;
    view_.clear();
    return ask();
  }
  const Dictionary& names() const { return names_; }

 private:
  using Visit = std::function<Result<bool>(Moment&, const RequestRecord&)>;
  Result<void> each(const RowFilter& filter, const Visit& visit);
  Result<std::optional<Found>> find_once(RequestId id);
  Result<ViewBatch> read_tail(const JournalPositions& from);

  Disk& disk_;
  Dictionary& names_;
  std::filesystem::path view_;
  std::optional<Duration> longest_;
};

}  // namespace tollgate
