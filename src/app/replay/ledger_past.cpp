#include "app/replay/ledger_past.h"

#include <algorithm>

#include "storage/journal/reader.h"

namespace tollgate {

namespace {

// What the caller let come back at most: what was set aside beyond the input, at the rate that the answer was paid at. Nothing where
// input and output cannot be told apart.
std::optional<Tokens> max_output_of(const RequestRow& row, Money reserved, __int128 input_tokens, __int128 input_nano_usd) {
  if (row.attempts != 1 || input_tokens <= 0) return std::nullopt;
  __int128 output = row.usage.all_output().count;
  __int128 input = row.usage.all_input().count * input_nano_usd / input_tokens;
  __int128 of_output = row.cost.nano_usd - input, aside = reserved.nano_usd - input;
  if (output <= 0 || of_output <= 0 || aside < of_output) return std::nullopt;
  __int128 most = (output * aside + of_output / 2) / of_output;
  return most > INT64_MAX ? std::nullopt : std::optional(Tokens{static_cast<std::int64_t>(most)});
}

}  // namespace

Result<LedgerPast> LedgerPast::read(LedgerFiles& files, WallTime from, WallTime to) {
  LedgerPast past(files, from, to);
  TG_TRY_VOID(past.count_rows());
  if (past.calls_ == 0) return past;
  TG_TRY_VOID(past.read_set_aside());
  if (past.with_several_ > 0) TG_TRY_VOID(past.read_attempts());
  TG_TRY_VOID(past.learn_usual());
  return past;
}

Result<void> LedgerPast::count_rows() {
  LedgerQueries queries = files_->queries();
  return queries.rows({.from = from_, .to = to_}, [this](const RequestRow& row) {
    ++calls_;
    newest_ = std::max(newest_, row.id);
    if (row.attempts > 1) ++with_several_;
    return true;
  });
}

Result<void> LedgerPast::learn_usual() {
  return each([this](const PastCall& call) { usual_.learn(call); });
}

// A running gateway may retire a segment between the look at the folder and the look into the file: then once more.
Result<void> LedgerPast::read_set_aside() {
  constexpr int tries = 3;
  for (int i = 1;; ++i) {
    set_aside_.clear();
    auto read = read_set_aside_once();
    if (read || i == tries) return read;
  }
}

Result<void> LedgerPast::read_set_aside_once() {
  JournalPositions positions;
  auto read = read_journal(*files_->journal, positions, nullptr, UINT64_MAX, [this](const JournalRecord& record) {
    if (record.header.type != RecordType::intent) return;
    auto intent = record.as<IntentRecord>();
    bool tells = intent.n == 1 && intent.reserved_nano_usd > 0;
    if (!tells || intent.at_ns < from_.ns || intent.at_ns >= to_.ns) return;
    if (set_aside_.size() < set_aside_max)
      set_aside_.push_back({intent.id, intent.reserved_nano_usd, intent.input_tokens, intent.input_nano_usd, intent.price});
    else
      ++beyond_;
  });
  if (!read) return std::unexpected(read.error());
  std::ranges::sort(set_aside_, {}, &SetAside::id);
  return {};
}

Result<void> LedgerPast::read_attempts() {
  LedgerQueries queries = files_->queries();
  std::size_t held = 0;
  AttemptRow first;
  auto read = queries.attempts({.from = from_, .to = to_}, [&](const AttemptRow& row) {
    if (row.phase == AttemptPhase::shadow) return true;
    if (row.n == 1 || first.request_id != row.request_id) {
      first = row;
      return true;
    }
    if (held >= several_max) {
      beyond_ += row.n == 2 ? 1 : 0;
      return true;
    }
    bool begins = several_.empty() || several_.back().front().request_id != row.request_id;
    if (begins) several_.push_back({first});
    several_.back().push_back(row);
    held += begins ? 2 : 1;
    return true;
  });
  if (!read) return read;
  std::ranges::sort(several_, {}, [](const std::vector<AttemptRow>& rows) { return rows.front().request_id; });
  return {};
}

void LedgerPast::add_set_aside(PastCall& call) const {
  auto aside = std::ranges::lower_bound(set_aside_, call.row.id, {}, &SetAside::id);
  if (aside == set_aside_.end() || aside->id != call.row.id) return;
  call.reserved = Money{aside->reserved_nano_usd};
  call.reserved_at = files_->names->word_text(aside->price);
  call.max_output = max_output_of(call.row, *call.reserved, aside->input_tokens, aside->input_nano_usd);
}

Result<void> LedgerPast::each(const std::function<void(PastCall)>& visit) {
  LedgerQueries queries = files_->queries();
  return queries.rows({.from = from_, .to = to_}, [&](const RequestRow& row) {
    if (row.id > newest_) return true;
    PastCall call{.row = row};
    add_set_aside(call);
    if (row.attempts > 1) {
      auto id_of = [](const std::vector<AttemptRow>& rows) { return rows.front().request_id; };
      auto tried = std::ranges::lower_bound(several_, row.id, {}, id_of);
      if (tried != several_.end() && id_of(*tried) == row.id) call.attempts = *tried;
    }
    visit(std::move(call));
    return true;
  });
}

Result<void> LedgerPast::before(WallTime since, const std::function<void(const RequestRow&)>& visit) {
  if (since >= from_) return {};
  LedgerQueries queries = files_->queries();
  return queries.rows({.from = since, .to = from_}, [&](const RequestRow& row) {
    visit(row);
    return true;
  });
}

}  // namespace tollgate
