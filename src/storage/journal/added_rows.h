#pragma once
// Rows that a command adds to the ledger (domain/ledger_row.h), also while a gateway writes it.
//
//   leave    the command leaves them in one file, durable; the file's name is that of the stream that they will be
//   take in  whoever holds the folder's lock writes that stream, whole or not at all, and removes the file: the gateway
//            within two seconds, or the command itself when none runs
//
// A stream that is there already was taken in before: then only the file goes. So each file comes into the ledger once,
// whatever is killed meanwhile. Readers and view find the stream as they find any other. New names are durable before
// the stream that uses them.
//
// The file is read by the same version of the program that left it, or refused; docs/formats/journal.md has its bytes.

#include <string>
#include <vector>

#include "domain/ledger_row.h"
#include "ports/disk.h"
#include "storage/journal/dictionary.h"
#include "storage/journal/format.h"

namespace tollgate {

// The corrected row as the journal has it, changed: its names are known already, also those of an erased person.
struct CorrectionRecord {
  RequestRecord record;
  std::string price_id;  // in the place of the record's
};

struct AddedRows {
  std::vector<CorrectionRecord> corrections{};
  std::vector<AttemptRow> attempts{};  // imported, before their rows
  std::vector<LedgerRow> imports{};    // also corrections that were imported
  std::size_t size() const { return corrections.size() + attempts.size() + imports.size(); }
};

constexpr std::size_t added_rows_max = 50'000;  // of one file

// Gives the file's name. One command at a time: REQUIRES that the caller holds a lock of its own.
// Error: the disk refuses, or too many were added in this epoch.
Result<std::string> leave_added_rows(Disk& disk, const AddedRows& rows);

// Oldest first.
Result<std::vector<std::string>> find_added_rows(Disk& disk);

// REQUIRES: the folder's lock is held, and `names` writes. A file that cannot be read is left there, and the error says
// which one it is; the others are taken in all the same.
Result<void> take_in_added_rows(Disk& disk, Dictionary& names, WallTime now);

// The bytes of such a file, and back; empty when they are damaged.
std::string encode(const AddedRows& rows);
std::optional<AddedRows> decode_added_rows(std::string_view bytes);

}  // namespace tollgate
