#pragma once
// Proves an audit log from its files alone, also while a gateway writes them, and finds the first place where it was
// touched.
//
// Every line is read and hashed. What the chain cannot tell by itself is told by signed heads: the checkpoint beside the
// log, those that were kept elsewhere, and the anchor at its beginning. Without any checkpoint a cut tail cannot be
// seen, which is a fault too. Whoever can write the folder can put back an older log with its older checkpoint: only a
// checkpoint kept elsewhere finds that.

#include <span>
#include <string>
#include <vector>

#include "storage/audit/segments.h"

namespace tollgate {

struct AuditVerifyOptions {
  std::span<const crypto::PublicKey> keys{};     // whose signatures count
  std::vector<std::string> checkpoints{};        // texts that were kept elsewhere
};

struct AuditFault {
  std::string file{};
  std::uint64_t line = 0;  // in that file, from 1; 0: the file as a whole
  FoundFault found{};
};

struct AuditVerifyReport {
  std::uint64_t segments = 0, lines = 0;
  std::uint64_t first_seq = 0;       // 0: no line
  ChainHead head{};                  // the newest whole line
  std::uint64_t signed_seq = 0;      // the newest line that a checkpoint covers
  std::uint64_t torn_bytes = 0;      // behind the newest whole line: being written, or left by a crash
  std::uint64_t left_events = 0;     // of commands, not taken into the chain yet
  std::optional<AuditFault> fault{};  // the first; then nothing behind it was looked at

  bool good() const { return !fault; }
};

// An error means that it could not look, or that a checkpoint from elsewhere is none.
Result<AuditVerifyReport> verify_audit(Disk& disk, const AuditVerifyOptions& options);

// Verifies the log, and signs its newest durable line: a text to keep elsewhere. Any program on the folder may; it
// writes nothing. Error: the log has a fault, or is empty.
Result<std::string> sign_audit_log(Disk& disk, const crypto::SigningKey& signing, WallTime wall);

}  // namespace tollgate
