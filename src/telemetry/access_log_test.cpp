#include "telemetry/access_log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "json/scan.h"
#include "telemetry/metrics.h"
#include "telemetry/rows_for_test.h"

namespace tollgate {
namespace {

// A pipe whose ends close with it, or earlier.
struct Pipe {
  Pipe() { EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0); }
  ~Pipe() { close_read(), close_write(); }
  void close_read() { close_end(0); }
  void close_write() { close_end(1); }
  std::string read_all() {
    std::string out(1 << 16, '\0');
    std::string all;
    for (ssize_t n; (n = ::read(ends[0], out.data(), out.size())) > 0;) all.append(out, 0, static_cast<std::size_t>(n));
    return all;
  }
  int ends[2] = {-1, -1};

 private:
  void close_end(int number) {
    if (ends[number] >= 0) ::close(ends[number]);
    ends[number] = -1;
  }
};

std::size_t lines_in(const std::string& text) { return static_cast<std::size_t>(std::ranges::count(text, '\n')); }

std::string json_of(const RequestRow& row, Personal personal = Personal::left_out) {
  std::string out;
  append_row_json(out, row, personal);
  return out;
}

std::uint64_t dropped(Registry& registry) {
  return registry.sum(registry.counter(metric::access_log_dropped_total).cell);
}

TEST(RowLine, HasTheFieldsOfTheRowInTheirOrder) {
  RequestRow row;
  row.id = {1, 2};
  row.at = row.finished_at = {1'700'000'000'123'000'000};
  row.key = "dev";
  row.attribution = {"search", "alice", "faq", {{"env", "dev"}}};
  row.route = "gpt-4o";
  row.status = RowStatus::ok;
  row.cost = {1500};
  EXPECT_EQ(json_of(row),
            "{\"id\":\"" + to_string(row.id) +
                "\",\"at\":\"2023-11-14T22:13:20.123Z\",\"finished_at\":\"2023-11-14T22:13:20.123Z\",\"key\":\"dev\","
                "\"team\":\"search\",\"feature\":\"faq\",\"route\":\"gpt-4o\",\"endpoint\":\"\",\"dialect\":\"\","
                "\"stream\":false,\"provider\":\"\",\"model\":\"\",\"region\":\"\",\"status\":\"ok\","
                "\"http_status\":0,\"error_code\":\"\",\"attempts\":0,\"input_tokens\":0,\"cache_read_tokens\":0,"
                "\"cache_write_5m_tokens\":0,\"cache_write_1h_tokens\":0,\"output_tokens\":0,\"reasoning_tokens\":0,"
                "\"audio_input_tokens\":0,\"audio_output_tokens\":0,\"image_count\":0,\"usage_source\":\"provider\","
                "\"cost_nano_usd\":1500,\"saved_nano_usd\":0,\"price_id\":\"\",\"cache\":\"off\","
                "\"first_token_ms\":null,\"duration_ms\":0}");
}

TEST(RowLine, NamesPersonsOnlyWhenAsked) {
  RequestRow row;
  row.attribution.user = "alice";
  row.attribution.tags = {{"badge", "4711"}};
  EXPECT_EQ(json_of(row).find("alice"), std::string::npos);
  EXPECT_EQ(json_of(row).find("4711"), std::string::npos);
  std::string all = json_of(row, Personal::included);
  EXPECT_NE(all.find("\"user\":\"alice\""), std::string::npos);
  EXPECT_NE(all.find("\"tags\":{\"badge\":\"4711\"}"), std::string::npos);
}

TEST(RowLine, LetsNoControlCharacterThrough) {
  RequestRow row;
  for (int byte = 0; byte < 256; ++byte) row.route += static_cast<char>(byte);
  for (int c1 = 0x80; c1 < 0xA0; ++c1) row.model += {'\xC2', static_cast<char>(c1)};
  row.model += "\x7f\x1b[31m\r\n\xC2";
  row.region = "\xC2\xA0\xC3\xA9";  // no control characters: kept
  std::string line = json_of(row);
  auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; };
  EXPECT_TRUE(std::ranges::none_of(line, control));
  for (int c1 = 0x80; c1 < 0xA0; ++c1) EXPECT_EQ(line.find({'\xC2', static_cast<char>(c1)}), std::string::npos) << c1;
  EXPECT_NE(line.find("\\u009b"), std::string::npos);
  EXPECT_NE(line.find("\\u007f\\u001b[31m\\r\\n"), std::string::npos);
  EXPECT_NE(line.find("\"region\":\"\xC2\xA0\xC3\xA9\""), std::string::npos);
  EXPECT_TRUE(json::scan(line));
}

TEST(AccessLog, WritesALineForEachRequestOfEachWorker) {
  constexpr int rounds = 1000;
  Pipe pipe;
  Registry registry(metric::gateway_families);
  std::string text;
  std::thread reader([&] { text = pipe.read_all(); });
  {
    AccessLog log(pipe.ends[1], Personal::left_out, registry);
    auto work = [&](AccessLogLane& lane, std::uint64_t seed) {
      RandomRows rows(seed);
      for (int i = 0; i < rounds; ++i) lane.recorded(rows.next(), {});
    };
    std::thread first(work, std::ref(log.add_lane(registry.add_cells())), 1);
    std::thread second(work, std::ref(log.add_lane(registry.add_cells())), 2);
    first.join();
    second.join();
  }
  pipe.close_write();
  reader.join();
  EXPECT_EQ(lines_in(text), 2u * rounds);
  EXPECT_EQ(dropped(registry), 0u);
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = text.find('\n', at);
    EXPECT_TRUE(json::scan(std::string_view(text).substr(at, end - at)));
    at = end + 1;
  }
}

TEST(AccessLog, DropsAndCountsWhileTheReaderDoesNotRead) {
  constexpr std::size_t rounds = 100'000;
  Pipe pipe;
  Registry registry(metric::gateway_families);
  std::string text;
  std::thread reader;
  {
    AccessLog log(pipe.ends[1], Personal::left_out, registry);
    AccessLogLane& lane = log.add_lane(registry.add_cells());
    RequestRow row = RandomRows(1).next();
    for (std::size_t i = 0; i < rounds; ++i) lane.recorded(row, {});
    EXPECT_GT(dropped(registry), rounds / 2);
    reader = std::thread([&] { text = pipe.read_all(); });
  }
  pipe.close_write();
  reader.join();
  EXPECT_EQ(lines_in(text) + dropped(registry), rounds);
}

TEST(AccessLog, EndsInTimeWhenNobodyReads) {
  constexpr std::size_t rounds = 100'000;
  Pipe pipe;
  Registry registry(metric::gateway_families);
  {
    AccessLog log(pipe.ends[1], Personal::left_out, registry);
    AccessLogLane& lane = log.add_lane(registry.add_cells());
    RequestRow row = RandomRows(1).next();
    for (std::size_t i = 0; i < rounds; ++i) lane.recorded(row, {});
  }
  pipe.close_write();
  EXPECT_EQ(lines_in(pipe.read_all()) + dropped(registry), rounds);
}

TEST(AccessLog, LivesOnWhenTheReaderIsGone) {
  Pipe pipe;
  pipe.close_read();
  Registry registry(metric::gateway_families);
  {
    AccessLog log(pipe.ends[1], Personal::left_out, registry);
    AccessLogLane& lane = log.add_lane(registry.add_cells());
    for (int i = 0; i < 10; ++i) lane.recorded(RequestRow{}, {});
  }
  EXPECT_EQ(dropped(registry), 10u);
}

}  // namespace
}  // namespace tollgate
