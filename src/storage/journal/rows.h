#pragma once
// Between rows, which hold text, and records, which hold ids: both ways.

#include "domain/ledger_row.h"
#include "ports/ledger.h"
#include "storage/journal/format.h"
#include "storage/journal/name_cache.h"

namespace tollgate {

UsageCounts counts_of(const Usage& usage);
Usage usage_of(const UsageCounts& counts);

// An intent can be refused, for a new name that finds no place; nothing was sent yet.
Result<IntentRecord> record_of(const Intent& intent, NameCache& names);

// What was sent must be recorded: names that find no place become "(lost)".
AttemptRecord record_of(const AttemptRow& row, NameCache& names);
RequestRecord record_of(const RequestRow& row, NameCache& names);

AttemptRow row_of(const AttemptRecord& record, const Dictionary& names);
LedgerRow row_of(const RequestRecord& record, const Dictionary& names);

// Rows that were added afterwards, as records of the type that says so. Error: a name finds no place.
Result<JournalRecord> added_record_of(const LedgerRow& row, NameCache& names);
Result<JournalRecord> added_record_of(const AttemptRow& row, NameCache& names);

}  // namespace tollgate
