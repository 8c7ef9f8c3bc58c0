#pragma once
// Reads the audit log in the order of its lines, from one number on, behind the gateway that writes it. Nothing is proved
// here. It holds no file open; where it stands is one number, so that who follows can stop and go on.

#include "storage/audit/segments.h"

namespace tollgate {

struct FollowedLine {
  std::uint64_t seq = 0;
  std::string at{};    // RFC 3339
  std::string kind{};
  std::string line{};  // sealed as it is, without its line end
};

class AuditFollower {
 public:
  // The disk must outlive it. `after`: the last line that is known already; 0: none.
  AuditFollower(Disk& disk, std::uint64_t after) : disk_(disk), seq_(after) {}

  // What comes next, at most so many lines and, beyond the first, bytes; none newer than line `up_to`. Empty: there is nothing
  // new. The same again until `take`.
  Result<std::vector<FollowedLine>> next(std::uint64_t up_to, std::size_t lines_max, std::size_t bytes_max);
  // The lines that `next` gave last are done with.
  void take();
  // Goes back: what comes behind this line is given again.
  void back_to(std::uint64_t seq);

  std::uint64_t seq() const { return seq_; }
  // Lines that were gone before they were read: retention let them go.
  std::uint64_t missed() const { return missed_; }

 private:
  struct Place {
    std::uint64_t seq = 0;
    std::uint64_t segment = 0;  // its first line; 0: not known
    std::uint64_t offset = 0;   // of the line behind `seq`
  };
  Result<void> read_segment(const AuditSegment& segment, std::uint64_t up_to, std::size_t lines_max, std::size_t bytes_max,
                            std::vector<FollowedLine>& lines);

  Disk& disk_;
  std::uint64_t seq_;
  std::uint64_t segment_ = 0, offset_ = 0;  // where line seq_ + 1 begins; segment 0: to be looked for
  Place ahead_{};                           // behind what `next` gave
  std::uint64_t gap_ = 0;                   // lines that are not there before it
  std::uint64_t missed_ = 0;
};

}  // namespace tollgate
