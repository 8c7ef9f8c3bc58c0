// One event in the audit log for each request, whatever becomes of it; and nobody is served whose event cannot be kept.

#include "gateway/audited.h"

#include <gtest/gtest.h>

#include "gateway/gateway_for_test.h"

namespace tollgate {
namespace {

class AuditedTest : public ::testing::Test {
 protected:
  AuditedTest() { t.worker.audit = &t.audit; }

  // The only event of the only request.
  std::string event() {
    EXPECT_EQ(t.audit.requests.size(), 1u);
    EXPECT_EQ(t.ledger.rows.size(), 1u);
    return t.audit.requests.empty() ? "" : t.audit.requests.front();
  }
  bool says(std::string_view text) { return event().find(text) != std::string::npos; }

  GatewayForTest t;
};

TEST_F(AuditedTest, TellsOfAWholeAnswer) {
  t.provider.answers({t.plain()});
  auto& call = t.ask();
  EXPECT_TRUE(says(R"("status":"ok","http_status":200)")) << event();
  EXPECT_TRUE(says(R"("key":"dev")"));
  EXPECT_TRUE(says(R"("input_tokens":10,"output_tokens":5)"));
  EXPECT_TRUE(says(R"("user_from":"key")"));
  EXPECT_TRUE(says(R"("bytes_in":)" + std::to_string(call.incoming.text.size()) + R"(,"bytes_out":)" + std::to_string(call.text().size())));
  EXPECT_EQ(t.audit.waited, 1);
}

TEST_F(AuditedTest, TellsOfAStreamWithAllThatItsClientGot) {
  t.provider.answers({t.streamed({role_event(), content_event("Hi"), finish_event(), usage_event(), done_event()})});
  auto& call = t.stream();
  EXPECT_TRUE(says(R"("status":"ok")")) << event();
  EXPECT_TRUE(says(R"("bytes_out":)" + std::to_string(call.text().size()) + ",")) << event() << call.text();
}

TEST_F(AuditedTest, TellsOfAClientThatLeft) {
  t.provider.answers({t.streamed({role_event(), content_event("Hi"), content_event("ho"), finish_event(), done_event()})});
  auto& call = t.prepare(R"(,"stream":true)");
  call.leaves_after = 1;
  t.begin(call);
  EXPECT_TRUE(says(R"("status":"aborted")")) << event();
}

TEST_F(AuditedTest, TellsOfEachTry) {
  t.provider.answers({t.broken(AttemptPhase::connect), t.plain()});
  t.ask();
  EXPECT_TRUE(says(R"("phase":"connect")")) << event();
  EXPECT_TRUE(says(R"("phase":"done")")) << event();
}

TEST_F(AuditedTest, TellsOfAFailure) {
  t.provider.answers({t.refusal(400)});
  auto& call = t.ask();
  EXPECT_TRUE(call.error);
  EXPECT_TRUE(says(R"("status":"failed")")) << event();
}

TEST_F(AuditedTest, TellsOfARefusal) {
  auto& call = t.prepare();
  call.incoming.text = R"({"model":"nobody-has-it","messages":[{"role":"user","content":"hello"}]})";
  t.begin(call);
  EXPECT_TRUE(call.error);
  EXPECT_TRUE(says(R"("status":"refused","http_status":404)")) << event();
}

TEST_F(AuditedTest, SaysNothingOfWhatWasAskedButItsFingerprint) {
  t.provider.answers({t.plain("a secret answer"), t.plain()});
  auto& call = t.ask(R"(,"metadata":{"note":"a secret question"})");
  EXPECT_FALSE(says("secret"));
  EXPECT_FALSE(says("hello"));
  EXPECT_FALSE(says("sk-dev"));
  Fingerprint asked = t.audit.fingerprint(call.incoming.text);
  EXPECT_TRUE(says(R"("asked":")" + hex(crypto::bytes_of(asked))));
}

TEST_F(AuditedTest, ServesNobodyWhenTheLogTakesNothing) {
  t.audit.open = false;
  t.provider.answers({t.plain()});
  auto& call = t.ask();
  ASSERT_TRUE(call.error);
  EXPECT_EQ(call.error->fault, Fault::unavailable);
  EXPECT_TRUE(t.provider.calls.empty());
  EXPECT_TRUE(says(R"("status":"refused","http_status":503)")) << "what it still takes it is told";
}

TEST_F(AuditedTest, WithholdsAnAnswerWhoseEventIsRefused) {
  t.audit.takes = false;
  t.provider.answers({t.plain(), t.streamed({role_event(), content_event("Hi"), finish_event(), done_event()})});
  auto& whole = t.ask();
  ASSERT_TRUE(whole.error);
  EXPECT_EQ(whole.error->fault, Fault::unavailable);
  auto& stream = t.stream();
  ASSERT_TRUE(stream.ended_with);
  EXPECT_EQ(stream.ended_with->fault, Fault::unavailable);
}

TEST_F(AuditedTest, WithholdsAnAnswerWhoseEventIsNotDurableInTime) {
  t.audit.is_durable = false;
  t.provider.answers({t.plain()});
  auto& call = t.ask();
  ASSERT_TRUE(call.error);
  EXPECT_EQ(call.error->fault, Fault::unavailable);
}

TEST_F(AuditedTest, TellsOfStrangersWithinBounds) {
  for (int i = 0; i < 100; ++i) {
    auto& call = t.prepare();
    call.incoming.headers[0].second = "Bearer sk-wrong";
    t.begin(call);
    EXPECT_TRUE(call.error);
  }
  EXPECT_TRUE(t.ledger.rows.empty());
  EXPECT_TRUE(t.audit.requests.empty());
  ASSERT_EQ(t.audit.strangers.size(), 20u);
  EXPECT_EQ(t.audit.strangers[0],
            R"({"kind":"stranger","door":"/v1/chat/completions","reason":"invalid_api_key","http_status":401}{"peer":"10.0.0.7"})");
  t.loop.pass(seconds(10));
  auto& late = t.prepare();
  late.incoming.headers.erase(late.incoming.headers.begin());
  t.begin(late);
  ASSERT_EQ(t.audit.strangers.size(), 21u);
  EXPECT_NE(t.audit.strangers[20].find(R"("untold":80)"), std::string::npos) << t.audit.strangers[20];
}

}  // namespace
}  // namespace tollgate
