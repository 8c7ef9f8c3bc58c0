#pragma once
// The chain of audit lines: adds to it, and finds the first place where it was touched.
//
// ChainChecker is fed line by line and stops at the first fault: a changed byte, a line dropped, put in, moved, doubled
// or joined with the next. What the chain alone cannot tell is told by points: places whose hash is known from
// elsewhere, since they were signed (checkpoint.h). A tail that is cut off and a chain that was made anew by somebody
// without the key both miss a point.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/line.h"

namespace tollgate {

// The newest line of a chain, and all that the next line must know. A chain begins behind line 0 with a hash of zeros.
struct ChainHead {
  std::uint64_t seq = 0;
  crypto::Digest hash{};
  friend bool operator==(const ChainHead&, const ChainHead&) = default;
};

// Appends the next line. `head` is moved on.
inline void chain_line(std::string& out, ChainHead& head, AuditLineHead line, std::string_view members,
                       const AuditPersonal* personal) {
  line.seq = head.seq + 1;
  head = {line.seq, append_audit_line(out, line, members, personal, head.hash)};
}

enum class ChainFault : std::uint8_t {
  not_a_line,  // no line of ours: torn, joined, emptied or overwritten
  changed,     // its own hash is not what its bytes say
  missing,     // lines before it are gone, or it was moved up
  repeated,    // it stood before already, was put in, or moved down
  unlinked,    // its number is right, but it follows another line than the one that stands there
  forged,      // a signed hash says that this line was another one
  cut,         // lines that were signed are not there any more
  unsigned_,   // there is nothing signed that says how long the log must be
  segment,     // a file of the log is not the one that belongs there
};
std::string_view to_string(ChainFault fault);

struct FoundFault {
  ChainFault fault = ChainFault::not_a_line;
  std::uint64_t seq = 0;  // the line that should stand there
  std::string words{};    // what is wrong, for an operator
};

// A line whose hash is known from elsewhere.
struct ChainPoint {
  ChainHead head{};
  std::string from{};  // who says so, for the words of a fault
};

class ChainChecker {
 public:
  // `from` is the line before the first one that will come.
  explicit ChainChecker(ChainHead from = {}, std::vector<ChainPoint> points = {});

  // The next line, without its line end. After a fault nothing more may be given.
  std::optional<FoundFault> line(std::string_view line);
  // After the last line: whether a point was not reached.
  std::optional<FoundFault> finish() const;

  const ChainHead& head() const { return head_; }
  // What the newest line said of what was on the disk before it.
  std::uint64_t durable() const { return durable_; }

 private:
  FoundFault fault(ChainFault fault, std::string words) const;
  std::optional<FoundFault> check_points();

  ChainHead head_;
  std::string head_hex_;
  std::uint64_t durable_ = 0;
  std::vector<ChainPoint> points_;  // not reached yet, by seq
  std::size_t next_point_ = 0;
};

}  // namespace tollgate
