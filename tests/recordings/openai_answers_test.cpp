// Every recorded answer that was not streamed, and every refusal, of the OpenAI wire family.

#include <gtest/gtest.h>

#include <map>

#include "base/text.h"
#include "dialects/openai_chat/answer.h"
#include "dialects/openai_errors.h"
#include "dialects/safe_message.h"
#include "recordings.h"

namespace tollgate::recordings {
namespace {

using namespace openai_chat;

Endpoint endpoint_of(const Recording& recording) {
  if (recording.wire == "openai.embeddings") return Endpoint::embeddings;
  return recording.wire == "openai.completions" ? Endpoint::completions : Endpoint::chat;
}

// Recorded 200s that are no answers.
bool is_refused_rightly(const Recording& recording, const Error& error) {
  if (recording.id == "pai-485142c189e0") return error.fault == Fault::upstream_rate_limited;  // an error inside a 200
  return recording.api == "ollama.embeddings";  // another wire: {"embedding": […]}
}

TEST(RecordedAnswers, AreAcceptedWithTheProvidersUsage) {
  TG_SHARED_OR_SKIP(folder, "recordings");
  std::size_t answers = 0, with_usage = 0, refused = 0;
  visit_all(folder, [&](const Recording& recording) {
    if (recording.framing != "json" || recording.status >= 400) return;
    SCOPED_TRACE(recording.id + " " + recording.api);
    auto answer = read_answer(endpoint_of(recording), recording.body, quirks_of(recording.api));
    auto document = json::Document::parse(recording.body, {.refuse_duplicates = false});
    ++answers;
    if (!answer) {
      ++refused;
      EXPECT_TRUE(is_refused_rightly(recording, answer.error()))
          << answer.error().detail << ": " << recording.body.substr(0, 200);
      return;
    }
    auto buckets = answer->usage;
    if (buckets) buckets->beside = {};
    EXPECT_EQ(buckets, mapped(usage_node(document->root()), recording.api));
    EXPECT_FALSE(answer->absurd_usage);
    with_usage += answer->usage.has_value();
  });
  EXPECT_GE(answers, 1500u);
  EXPECT_EQ(refused, 2u);
  EXPECT_GE(with_usage, answers * 9 / 10);
}

TEST(RecordedRefusals, BecomeErrorsThatAreSafeToShow) {
  TG_SHARED_OR_SKIP(folder, "recordings");
  std::map<std::string, int> by_fault;
  visit_all(folder, [&](const Recording& recording) {
    if (recording.status < 400) return;
    SCOPED_TRACE(recording.id + " " + recording.api);
    openai::UpstreamRefusal refusal{.status = recording.status, .body = recording.body, .hints = {}};
    auto headers = recording.root["response"]["headers"].members();
    for (const auto& [name, value] : headers) refusal.hints.take(name, value.string().value_or(""));
    Error error = openai::read_refusal(refusal, WallTime{});
    ++by_fault[std::string(error.name())];
    for (auto harm : {"://", "sk-", "org-", "org_", "<", "API key", "api key"}) {
      EXPECT_EQ(error.detail.find(harm), std::string::npos) << error.detail;
    }
    EXPECT_FALSE(error.detail.empty());
    EXPECT_LE(error.detail.size(), max_safe_message_bytes);
    EXPECT_EQ(error.fault == Fault::upstream_rate_limited, recording.status == 429) << error.name();
    EXPECT_EQ(error.fault == Fault::upstream_credential, recording.status == 401 || recording.status == 403)
        << error.name();
  });
  EXPECT_GE(by_fault["upstream_rejected"], 30);
  EXPECT_GE(by_fault["upstream_credential"], 25);
  EXPECT_GE(by_fault["upstream_rate_limited"], 8);
}

}  // namespace
}  // namespace tollgate::recordings
