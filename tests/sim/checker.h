#pragma once
// The money checker: client log against provider log against ledger rows against counters. Each function writes what
// does not agree into the story.

#include <map>
#include <vector>

#include "sim/sim_house.h"

namespace tollgate::sim {

// What a folder's journal says, read as any reader would.
struct LedgerRows {
  std::map<RequestId, RequestRow> requests;
  std::map<RequestId, std::vector<AttemptRow>> attempts;
};
// Notes rows that are there twice, and a journal that cannot be read.
LedgerRows read_rows(Disk& disk, ValueSealer& sealer, Story& story);

// Each row in itself: attempts complete and no more than allowed, costs by hand, the charge by the rules of billing.
void check_rows(const LedgerRows& rows, const Settings& settings, Story& story);

// Counters of limits and totals of keys are the sums of the rows.
void check_counters(const LedgerRows& rows, const SimHouse& house, Story& story);

// Every record that the gateway's readers saw is a row of the ledger, and the other way round. `lost_starts` are starts
// whose power was cut: of those, rows may be missing.
void check_recorded(const LedgerRows& rows, const std::vector<int>& lost_starts, Story& story);

// At the end: each call of a client ended once, in time, and as its row and its provider say; what a client saw
// finished has its row, also after crashes, as far as the durability promises.
void check_clients(const LedgerRows& rows, const Settings& settings, Story& story);

}  // namespace tollgate::sim
