#include "app/commands/attempt_line.h"

#include <gtest/gtest.h>

#include "json/value.h"

namespace tollgate {
namespace {

TEST(AttemptLine, HasEveryFieldOfAnAttemptInItsOrder) {
  std::string json;
  append_attempt_json(json, {});
  std::string names;
  for (const json::Member& member : json::Members({.raw = json, .kind = json::Kind::object}))
    names += member.key() + ' ';
  EXPECT_EQ(names,
            "request_id n provider model key region phase status http_status error_class started_at duration_ms "
            "first_token_ms "
            "input_tokens cache_read_tokens cache_write_5m_tokens cache_write_1h_tokens output_tokens reasoning_tokens "
            "audio_input_tokens audio_output_tokens image_count usage_source cost_nano_usd price_id ");
}

TEST(AttemptLine, SaysHowTheAttemptEnded) {
  AttemptRow attempt;
  attempt.phase = AttemptPhase::done;
  EXPECT_EQ(status_of(attempt), "ok");
  attempt.error_class = "upstream_overloaded";
  attempt.phase = AttemptPhase::first_byte;
  EXPECT_EQ(status_of(attempt), "failed");
  attempt.phase = AttemptPhase::stream;
  EXPECT_EQ(status_of(attempt), "incomplete");
  attempt.error_class = "client_gone";
  EXPECT_EQ(status_of(attempt), "aborted");
}

TEST(AttemptLine, WritesNoFirstTokenAsNull) {
  std::string json;
  append_attempt_json(json, {});
  EXPECT_NE(json.find(R"("first_token_ms":null)"), std::string::npos);
}

}  // namespace
}  // namespace tollgate
