#pragma once
// The bytes of the journal. A segment is a file of slots of 256 bytes: slot 0 is the SegmentHeader, each further slot
// holds one record, header and body, little-endian, checked by CRC-32C. docs/formats/journal.md is the grammar for
// other readers.
//
// A stream is what one writer wrote in one epoch (one run of the gateway). Its records are numbered 1, 2, 3 … without
// gaps over all its segments, each of the same number of slots; so a sequence number alone says segment and offset.
//
// Every record says how far its writer knew itself durable when it was written. That tells a torn end from a damaged
// middle: a bad record is damage when a later record says that it had been durable; else the power went before it was.
//
// Names stand as ids of the dictionary (dictionary.h); users and tag values as random ids, so records hold no personal
// data.

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/ids.h"
#include "base/time.h"

namespace tollgate {

static_assert(std::endian::native == std::endian::little, "records are written as they lie in memory");

constexpr std::size_t record_bytes = 256;
constexpr std::uint8_t record_format = 1;
constexpr std::uint16_t recovery_writer = 0xFFFF;    // writes what a start settles
constexpr std::uint16_t first_added_writer = 0x8000;  // from here on: rows that commands add; below: workers

// Empty, and a name that found no place in a full dictionary.
constexpr std::uint32_t no_name = 0;
constexpr std::uint32_t lost_name = 0xFFFFFFFF;

struct JournalStream {
  std::uint32_t epoch = 0;
  std::uint16_t writer = 0;
  friend auto operator<=>(const JournalStream&, const JournalStream&) = default;
};

// For each stream the last sequence that was read, is durable, or is intact: the text says which.
using JournalPositions = std::map<JournalStream, std::uint64_t>;

enum class RecordType : std::uint8_t {
  none,
  start,
  stop,
  intent,
  progress,
  attempt,
  request,
  correction,        // a RequestRecord whose `corrects` names the row that it puts right
  imported_attempt,  // an AttemptRecord
  imported_request,  // a RequestRecord
};
// Whose body is a RequestRecord, an AttemptRecord; written by a call or added afterwards (domain/ledger_row.h).
constexpr bool is_row(RecordType type) {
  return type == RecordType::request || type == RecordType::correction || type == RecordType::imported_request;
}
constexpr bool is_attempt(RecordType type) {
  return type == RecordType::attempt || type == RecordType::imported_attempt;
}

struct RecordHeader {
  std::uint32_t crc = 0;  // of all that follows, to the end of the slot
  RecordType type = RecordType::none;
  std::uint8_t format = record_format;
  std::uint16_t writer = 0;
  std::uint32_t epoch = 0;
  std::uint32_t reserved = 0;
  std::uint64_t sequence = 0;
  std::uint64_t durable = 0;  // the writer knew that all up to here was durable
};
static_assert(sizeof(RecordHeader) == 32);

constexpr std::size_t body_bytes = record_bytes - sizeof(RecordHeader);

// Tokens in the buckets of domain/usage.h.
struct UsageCounts {
  std::int64_t input = 0, cache_read = 0, cache_write_5m = 0, cache_write_1h = 0, audio_input = 0;
  std::int64_t output = 0, reasoning = 0, audio_output = 0, images = 0;
  friend bool operator==(const UsageCounts&, const UsageCounts&) = default;
};

// A writer's first and last record. A stream without a stop ended in a crash.
struct StartRecord {
  static constexpr RecordType type = RecordType::start;
  std::int64_t at_ns = 0;
};
struct StopRecord {
  static constexpr RecordType type = RecordType::stop;
  std::int64_t at_ns = 0;
};

struct IntentRecord {
  static constexpr RecordType type = RecordType::intent;
  RequestId id;
  std::int64_t at_ns = 0;
  std::uint64_t user = 0;
  std::int64_t reserved_nano_usd = 0, input_tokens = 0, input_nano_usd = 0;
  std::uint32_t key = 0, team = 0, feature = 0, tags = 0, route = 0, endpoint = 0, dialect = 0;
  std::uint32_t provider = 0, model = 0, region = 0, credential = 0, price = 0;
  std::uint16_t n = 0;
  std::uint8_t stream = 0;
  std::uint8_t unused[5] = {};
};

struct ProgressRecord {
  static constexpr RecordType type = RecordType::progress;
  RequestId id;
  std::int64_t at_ns = 0;
  std::int64_t cost_nano_usd = 0;
  UsageCounts usage;
};

// Of domain/usage.h's BilledBeside; numbers that do not fit stay at the end of the range.
struct BesideCounts {
  std::uint32_t image_input = 0, video_input = 0, cached_audio = 0, cached_image = 0, image_output = 0, video_output = 0;
  std::uint32_t audio_ms = 0, characters = 0, pages = 0, annotated_pages = 0, web_searches = 0, file_searches = 0;
  friend bool operator==(const BesideCounts&, const BesideCounts&) = default;
};

struct AttemptRecord {
  static constexpr RecordType type = RecordType::attempt;
  RequestId id;
  std::int64_t started_at_ns = 0, duration_ms = 0, first_token_ms = -1, cost_nano_usd = 0;
  UsageCounts usage;
  std::uint32_t provider = 0, model = 0, credential = 0, region = 0, error_class = 0, price = 0;
  std::uint16_t n = 0, http_status = 0;
  std::uint8_t phase = 0, usage_source = 0, service_tier = 0;
  std::uint8_t unused = 0;
  BesideCounts beside;  // journals of before say zero
};

struct RequestRecord {
  static constexpr RecordType type = RecordType::request;
  RequestId id;
  std::int64_t at_ns = 0, finished_at_ns = 0;
  std::uint64_t user = 0;
  std::int64_t cost_nano_usd = 0, saved_nano_usd = 0, first_token_ms = -1, duration_ms = 0;
  UsageCounts usage;
  std::uint32_t key = 0, team = 0, feature = 0, tags = 0, route = 0, endpoint = 0, dialect = 0;
  std::uint32_t provider = 0, model = 0, region = 0, error_code = 0, price = 0;
  std::uint16_t http_status = 0, attempts = 0;
  std::uint8_t stream = 0, status = 0, usage_source = 0, cache = 0;
  RequestId corrects;       // of a correction
  std::uint8_t origin = 0;  // as the record's type says it, for readers of the body alone
  std::uint8_t unused[7] = {};
};

struct JournalRecord {
  RecordHeader header;
  std::array<std::byte, body_bytes> body{};

  template <class T>
  T as() const {
    static_assert(std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T> &&
                  sizeof(T) <= body_bytes);
    T value;
    std::memcpy(&value, body.data(), sizeof value);
    return value;
  }
};
static_assert(sizeof(JournalRecord) == record_bytes && std::is_trivially_copyable_v<JournalRecord>);

template <class T>
JournalRecord record_of(const T& body) {
  static_assert(std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T> &&
                sizeof(T) <= body_bytes);
  JournalRecord record;
  record.header.type = T::type;
  std::memcpy(record.body.data(), &body, sizeof body);
  return record;
}

// Fills in place and checksum.
void stamp(JournalRecord& record, JournalStream stream, std::uint64_t sequence, std::uint64_t durable);
// Checksum, place and format are right.
bool intact(const JournalRecord& record, JournalStream stream, std::uint64_t sequence);
// Writes into a zeroed slot. The first eight bytes come last: who sees a type sees the whole record.
void publish(const JournalRecord& record, std::byte* slot);

struct SegmentHeader {
  JournalStream stream;
  std::uint32_t number = 0;  // 0, 1, 2 … in its stream
  std::uint32_t slots = 0;   // records in a full segment
  WallTime made_at;
};

// One slot's worth of bytes.
std::string encode(const SegmentHeader& header);
// Empty when it is no header, damaged, or of a format that this program does not know.
std::optional<SegmentHeader> decode_segment_header(std::string_view bytes);

std::string segment_name(JournalStream stream, std::uint32_t number);
struct SegmentName {
  JournalStream stream;
  std::uint32_t number = 0;
};
std::optional<SegmentName> parse_segment_name(std::string_view name);

}  // namespace tollgate
