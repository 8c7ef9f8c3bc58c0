#include "app/commands/row_reader.h"

#include <gtest/gtest.h>

#include "app/commands/attempt_line.h"
#include "app/commands/ledger_line.h"
#include "json/scan.h"
#include "storage/journal/journal_for_test.h"

namespace tollgate {
namespace {

std::string fault_of(std::string_view line) {
  auto row = read_row_line(line);
  return row ? "none" : row.error().detail;
}

std::string with(std::string_view more) {
  return std::string(R"({"id":")") + to_string(test_id(1)) + R"(","at":"2026-11-22T19:00:00Z","status":"ok")" + std::string(more) + "}";
}

TEST(RowReader, ReadsBackEveryFieldThatRowsArePrintedWith) {
  LedgerRow row{test_row(3), RowOrigin::import, {}};
  auto read = read_row_line(ledger_row_json(row));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(ledger_row_json(*read), ledger_row_json(row));
  EXPECT_EQ(text_of(*read), text_of(row));
}

TEST(RowReader, ReadsBackACorrection) {
  LedgerRow row{test_row(3), RowOrigin::correction, test_id(1)};
  row.usage = {};
  row.attempts = 0;
  row.cost = {-500};
  auto read = read_row_line(ledger_row_json(row));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->origin, RowOrigin::correction);
  EXPECT_EQ(read->corrects, test_id(1));
  EXPECT_EQ(read->cost, Money{-500});
}

TEST(RowReader, ReadsBackEveryFieldThatAttemptsArePrintedWith) {
  AttemptRow attempt = test_attempt(test_row(3), 2);
  std::string line;
  append_attempt_json(line, attempt);
  auto read = read_attempt_line(line);
  ASSERT_TRUE(read) << read.error().detail;
  std::string again;
  append_attempt_json(again, *read);
  EXPECT_EQ(again, line);
}

TEST(RowReader, WhatIsLeftOutIsEmptyOrZero) {
  auto row = read_row_line(with(""));
  ASSERT_TRUE(row) << row.error().detail;
  EXPECT_EQ(row->finished_at, row->at);
  EXPECT_EQ(row->cost, Money{});
  EXPECT_EQ(row->origin, RowOrigin::import);
}

TEST(RowReader, NamesTheFieldThatIsWrong) {
  EXPECT_EQ(fault_of("{"), "no JSON: " + std::string(json::scan("{").error().what));
  EXPECT_EQ(fault_of("[]"), "must be an object");
  EXPECT_EQ(fault_of(R"({"id":"x"})"), "id must be the id of a request: req_ and 26 characters");
  EXPECT_EQ(fault_of(R"({"at":"2026-11-22","status":"ok"})"), "id is missing");
  EXPECT_EQ(fault_of(with(R"(,"cots_nano_usd":1)")), "cots_nano_usd is no field of it");
  EXPECT_EQ(fault_of(with(R"(,"input_tokens":-1)")), "input_tokens must be a whole number, not below 0 and not absurd");
  EXPECT_EQ(fault_of(with(R"(,"output_tokens":1.5)")), "output_tokens must be a whole number, not below 0 and not absurd");
  EXPECT_EQ(fault_of(with(R"(,"cache":"maybe")")), "cache is not one of the words that are known here");
  EXPECT_EQ(fault_of(with(R"(,"tags":{"a":1})")), "tags must be an object of texts, each of at most 1024 bytes");
  EXPECT_EQ(fault_of(with(R"(,"cost_nano_usd":-1)")), "cost_nano_usd is below 0, and the row corrects nothing");
  EXPECT_EQ(fault_of(with(R"(,"finished_at":"2026-11-21")")), "finished_at is before `at`");
  EXPECT_EQ(fault_of(with(R"(,"corrects":")" + to_string(test_id(2)) + R"(","attempts":1)")).substr(0, 15), "corrects stands");
  EXPECT_EQ(fault_of(with(R"(,"http_status":1000)")), "http_status must be a whole number, not below 0 and not absurd");
}

}  // namespace
}  // namespace tollgate
