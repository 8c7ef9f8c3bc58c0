#pragma once
// Reads a journal's records in order, also while a gateway writes and long after it stopped.
//
//   list_segments   what lies in the folder
//   StreamCursor    one stream, record by record, to the first that is not written (or damaged)
//   read_journal    all streams, each from where a position says, and moves the position
//
// Reading is by pread, never by mapping: a segment may be cut while somebody reads it. Records come in the order of
// their stream; streams follow each other by epoch, then writer. Positions make it repeatable: what was read once is
// not read again.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ports/disk.h"
#include "storage/journal/format.h"

namespace tollgate {

struct SegmentFile {
  std::string name;
  JournalStream stream;
  std::uint32_t number = 0;
  std::uint64_t bytes = 0;
};

// Sorted by stream, then number.
Result<std::vector<SegmentFile>> list_segments(Disk& disk);

// The segments of one stream, without gaps between them, and how many records each holds.
struct StreamFiles {
  JournalStream stream;
  std::uint32_t slots = 0;
  std::vector<SegmentFile> segments;
};

// Fails when a header is damaged or a segment in the middle is missing; the error names the file.
Result<std::vector<StreamFiles>> list_streams(Disk& disk);

class StreamCursor {
 public:
  // Starts behind sequence `after`. With 0 it starts at the oldest segment there is; else the segment must be there.
  // The disk and the files must outlive it.
  StreamCursor(Disk& disk, const StreamFiles& files, std::uint64_t after);

  // The next record, valid until the next call; nullptr at the first slot that is not written or not intact.
  Result<const JournalRecord*> next();
  std::uint64_t sequence() const { return sequence_; }  // of the record that came last

  // Where the next record would be, for messages and for cutting.
  struct Place {
    std::string file;
    std::uint64_t offset = 0;
  };
  Place place() const;

  // After next() gave nullptr: does a later record say that the missing one had been durable? Then the journal is
  // damaged. Reads on to the end of the stream.
  Result<bool> missing_was_durable();

 private:
  Result<const JournalRecord*> read(std::uint64_t sequence);
  Result<bool> fill(const SegmentFile& segment, std::uint64_t offset);
  const SegmentFile* segment_of(std::uint64_t sequence) const;
  std::uint64_t offset_of(std::uint64_t sequence) const;

  Disk& disk_;
  const StreamFiles& files_;
  std::uint64_t sequence_;
  std::unique_ptr<ReadFile> file_;
  const SegmentFile* opened_ = nullptr;
  std::vector<JournalRecord> buffer_;
  std::uint64_t buffer_offset_ = 0;
  std::size_t buffered_ = 0;  // bytes
};

std::unexpected<Error> journal_damaged(const StreamCursor::Place& place, std::string_view why);

using RecordVisitor = std::function<void(const JournalRecord&)>;

// Reads at most `max_records`, moves `positions`, gives how many it read. `ends`: for each stream that it names, how
// far to go; streams that it does not name are read to their end. Unwritten and torn ends are simply the end here.
Result<std::uint64_t> read_journal(Disk& disk, JournalPositions& positions, const JournalPositions* ends,
                                   std::uint64_t max_records, const RecordVisitor& visit);

}  // namespace tollgate
