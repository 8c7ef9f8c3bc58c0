#pragma once
// Seals what names a person, with the key that the journal's dictionary and the vault have for that person: one key
// deleted, and the audit log is as silent about the person as the ledger is.
//
// The same text of the same person is sealed once and then taken from memory, for at most a minute, so that a key that
// another process deleted is not used on. Belongs to one thread, but `forget` may be called from any.

#include <atomic>
#include <functional>
#include <string>
#include <unordered_map>

#include "audit/line.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/journal/sealer.h"

namespace tollgate {

constexpr std::size_t max_remembered_seals = 65'536;
constexpr Duration remembered_seals = seconds(60);

class PersonalSeals {
 public:
  // The random id of a person, made at first sight: Dictionary::person. Called on the log's thread.
  using PersonOf = std::function<Result<std::uint64_t>(std::string_view name)>;

  // The sealer must outlive it.
  PersonalSeals(PersonOf person_of, ValueSealer& sealer) : person_of_(std::move(person_of)), sealer_(sealer) {}

  // `owner` may be empty: then it is sealed with a key of the house. What cannot be sealed is lost, and the line says so.
  AuditPersonal seal(std::string_view owner, std::string_view personal, Instant now);
  // Nothing that was sealed before is used again.
  void forget() { forgotten_.store(true, std::memory_order_release); }

 private:
  void clear_when_due(Instant now);

  PersonOf person_of_;
  ValueSealer& sealer_;
  std::unordered_map<std::string, std::string> sealed_;  // person and text -> base64
  Instant cleared_at_{};
  std::atomic<bool> forgotten_ = false;
};

// A line for reading: what is sealed in it is opened, or said to be erased. `line` is without its line end.
std::string readable_audit_line(std::string_view line, ValueSealer& sealer);

}  // namespace tollgate
