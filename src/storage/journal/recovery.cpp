#include "storage/journal/recovery.h"

#include <algorithm>

#include "storage/journal/reader.h"
#include "storage/journal/segments.h"

namespace tollgate {
namespace {

std::uint32_t largest_small_id(const JournalRecord& record) {
  auto largest = [](const auto& r) {
    std::uint32_t most = 0;
    for (std::uint32_t id :
         {r.key, r.team, r.feature, r.tags, r.route, r.endpoint, r.dialect, r.provider, r.model, r.region, r.price})
      most = std::max(most, id == lost_name ? 0 : id);
    return most;
  };
  if (record.header.type == RecordType::intent)
    return std::max(largest(record.as<IntentRecord>()), record.as<IntentRecord>().credential);
  if (is_row(record.header.type)) {
    auto row = record.as<RequestRecord>();
    return std::max(largest(row), row.error_code == lost_name ? 0 : row.error_code);
  }
  if (!is_attempt(record.header.type)) return 0;
  auto row = record.as<AttemptRecord>();
  std::uint32_t most = 0;
  for (std::uint32_t id : {row.provider, row.model, row.credential, row.region, row.error_class, row.price})
    most = std::max(most, id == lost_name ? 0 : id);
  return most;
}

class Recovery {
 public:
  Recovery(Disk& disk, Dictionary& names, WallTime now) : disk_(disk), names_(names), now_(now) {}

  Result<Recovered> run() {
    TG_TRY(state, load_checkpoint(disk_));
    result_.state = std::move(state);
    TG_TRY(streams, list_streams(disk_));
    for (const auto& files : streams) TG_TRY_VOID(read_stream(files));
    drop_old_positions(streams);
    TG_TRY_VOID(names_.leave_hole(largest_id_));
    ++result_.state.epoch;
    if (result_.state.open.size() > 0) TG_TRY_VOID(settle_open_calls());
    result_.state.facts.compact(now_);
    TG_TRY_VOID(save_checkpoint(disk_, result_.state));
    return std::move(result_);
  }

 private:
  Result<void> read_stream(const StreamFiles& files) {
    result_.state.epoch = std::max(result_.state.epoch, files.stream.epoch);
    std::uint64_t known = result_.state.positions[files.stream];
    TG_TRY_VOID(check_known(files, known));
    StreamCursor cursor(disk_, files, known);
    for (;;) {
      TG_TRY(record, cursor.next());
      if (record == nullptr) break;
      apply(*record);
    }
    result_.state.positions[files.stream] = cursor.sequence();
    return end_stream(files, cursor);
  }

  // What the checkpoint has seen must still be there, unless retention took it.
  Result<void> check_known(const StreamFiles& files, std::uint64_t known) {
    if (known <= std::uint64_t{files.segments.front().number} * files.slots) return {};
    StreamCursor cursor(disk_, files, known - 1);
    auto place = cursor.place();
    TG_TRY(record, cursor.next());
    if (record == nullptr) return journal_damaged(place, "a record that the checkpoint has seen cannot be read");
    return {};
  }

  // Positions of streams that retention took whole.
  void drop_old_positions(const std::vector<StreamFiles>& streams) {
    std::erase_if(result_.state.positions, [&](const auto& item) {
      return !std::ranges::binary_search(streams, item.first, {}, &StreamFiles::stream);
    });
  }

  void apply(const JournalRecord& record) {
    result_.state.apply(record);
    largest_id_ = std::max(largest_id_, largest_small_id(record));
    ++result_.records_read;
  }

  // Cuts what follows the last record, so that nothing of it can come back.
  Result<void> end_stream(const StreamFiles& files, StreamCursor& cursor) {
    auto place = cursor.place();
    TG_TRY(damaged, cursor.missing_was_durable());
    if (damaged) return journal_damaged(place, "a record that had been durable cannot be read");
    for (auto segment = files.segments.rbegin(); segment != files.segments.rend(); ++segment) {
      std::uint64_t before = std::uint64_t{segment->number} * files.slots;
      std::uint64_t bytes = cursor.sequence() <= before ? 0 : (cursor.sequence() - before + 1) * record_bytes;
      if (bytes >= segment->bytes) break;
      TG_TRY_VOID(bytes == 0 ? disk_.remove(segment->name) : disk_.cut(segment->name, bytes));
      if (bytes != 0) ++result_.streams_cut;
    }
    return {};
  }

  Result<void> settle_open_calls() {
    TG_TRY(word, names_.word(crash_recovered));
    TG_TRY_VOID(names_.sync());
    JournalStream stream{result_.state.epoch, recovery_writer};
    auto settlements = settlements_of(word);
    SegmentChain chain(disk_, stream, record_count(settlements));
    TG_TRY_VOID(chain.prepare(now_));
    std::uint64_t written = write(settlements, *chain.take(), stream);
    TG_TRY_VOID(chain.sync(0, written));
    TG_TRY_VOID(chain.close(written));
    result_.state.positions[stream] = written;
    return {};
  }

  std::vector<Settlement> settlements_of(std::uint32_t word) const {
    std::vector<Settlement> settlements;
    result_.state.open.each([&](const OpenCall& call) { settlements.push_back(settle(call, word)); });
    std::ranges::sort(settlements, {}, [](const Settlement& one) { return one.request.id; });
    return settlements;
  }

  static std::uint32_t record_count(const std::vector<Settlement>& settlements) {
    std::size_t count = 2;  // start and stop
    for (const auto& one : settlements) count += one.attempts.size() + 1;
    return static_cast<std::uint32_t>(count);
  }

  // Gives the number of the last record.
  std::uint64_t write(const std::vector<Settlement>& settlements, JournalSegment& segment, JournalStream stream) {
    std::uint64_t sequence = 0;
    auto append = [&](JournalRecord record) {
      stamp(record, stream, ++sequence, 0);
      publish(record, segment.records + (sequence - 1) * record_bytes);
      result_.state.apply(record);
    };
    append(record_of(StartRecord{now_.ns}));
    for (const auto& one : settlements) {
      for (const auto& attempt : one.attempts) append(record_of(attempt));
      append(record_of(one.request));
    }
    append(record_of(StopRecord{now_.ns}));
    result_.settled = settlements.size();
    return sequence;
  }

  Disk& disk_;
  Dictionary& names_;
  WallTime now_;
  Recovered result_;
  std::uint32_t largest_id_ = 0;
};

}  // namespace

Result<Recovered> recover(Disk& disk, Dictionary& names, WallTime now) { return Recovery(disk, names, now).run(); }

}  // namespace tollgate
