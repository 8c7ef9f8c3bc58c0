#pragma once
// Finds the end of an audit log that was written before, so that the chain goes on there.
//
// Only the newest segment is read. Bytes behind the last whole line that fits are a torn end and may be cut off, unless
// they were acknowledged: a checkpoint, or what a later line says of the disk, has them. Then they are damage, and the
// log does not open: whoever looks into it must see that.

#include "storage/audit/segments.h"

namespace tollgate {

struct AuditTail {
  ChainHead head{};
  std::string segment{};          // to write on in; empty: there is none yet
  std::uint64_t bytes = 0;        // of its whole lines
  std::uint64_t torn_bytes = 0;   // behind them, to be cut off
  std::uint64_t checkpoint = 0;   // the newest line that is signed
  WallTime segment_began{};       // its first line
  bool in_good_order = true;      // the last line says `stop`, or there is none
};

// Changes nothing. Error `unavailable`, in words for an operator.
Result<AuditTail> find_audit_tail(Disk& disk, std::span<const crypto::PublicKey> keys);

}  // namespace tollgate
