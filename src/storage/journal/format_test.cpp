#include "storage/journal/format.h"

#include <gtest/gtest.h>

#include <random>

#include "storage/journal/crc32c.h"

namespace tollgate {
namespace {

// Source: RFC 3720, appendix B.4.
TEST(Crc32c, GivesTheKnownAnswers) {
  std::string zeros(32, '\0'), ones(32, '\xFF'), rising(32, '\0');
  for (std::size_t i = 0; i < rising.size(); ++i) rising[i] = static_cast<char>(i);
  EXPECT_EQ(crc32c(zeros.data(), zeros.size()), 0x8A9136AAu);
  EXPECT_EQ(crc32c(ones.data(), ones.size()), 0x62A8AB43u);
  EXPECT_EQ(crc32c(rising.data(), rising.size()), 0x46DD794Eu);
}

TEST(Crc32c, InstructionAndTableAgree) {
  std::mt19937_64 random(7);
  std::string bytes(300, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random());
  for (std::size_t size = 0; size <= bytes.size(); ++size)
    EXPECT_EQ(crc32c(bytes.data(), size), crc32c_by_table(bytes.data(), size)) << size;
}

TEST(JournalFormat, FindsEveryChangedBit) {
  JournalStream stream{.epoch = 3, .writer = 2};
  RequestRecord body;
  body.cost_nano_usd = 42;
  JournalRecord record = record_of(body);
  stamp(record, stream, 9, 4);
  ASSERT_TRUE(intact(record, stream, 9));
  for (std::size_t bit = 0; bit < record_bytes * 8; ++bit) {
    auto* bytes = reinterpret_cast<unsigned char*>(&record);
    bytes[bit / 8] ^= static_cast<unsigned char>(1 << bit % 8);
    EXPECT_FALSE(intact(record, stream, 9)) << bit;
    bytes[bit / 8] ^= static_cast<unsigned char>(1 << bit % 8);
  }
}

TEST(JournalFormat, TakesARecordOnlyInItsOwnPlace) {
  JournalStream stream{.epoch = 3, .writer = 2};
  JournalRecord record = record_of(StartRecord{1});
  stamp(record, stream, 9, 0);
  EXPECT_FALSE(intact(record, stream, 10));
  EXPECT_FALSE(intact(record, {.epoch = 4, .writer = 2}, 9));
  EXPECT_FALSE(intact(record, {.epoch = 3, .writer = 1}, 9));
}

TEST(JournalFormat, ReadsItsOwnNamesAndHeads) {
  JournalStream stream{.epoch = 12, .writer = recovery_writer};
  auto name = parse_segment_name(segment_name(stream, 7));
  ASSERT_TRUE(name.has_value());
  EXPECT_EQ(name->stream, stream);
  EXPECT_EQ(name->number, 7u);
  for (auto other :
       {"journal-1-2.seg", "journal-1-2-x.seg", "journal-1-99999-3.seg", "names.dict", "journal-1-2-3.seg.new"})
    EXPECT_FALSE(parse_segment_name(other)) << other;

  std::string head = encode(SegmentHeader{stream, 7, 100, {5}});
  EXPECT_EQ(decode_segment_header(head)->slots, 100u);
  for (std::size_t i = 0; i < head.size(); ++i) {
    std::string damaged = head;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_FALSE(decode_segment_header(damaged)) << i;
  }
}

}  // namespace
}  // namespace tollgate
