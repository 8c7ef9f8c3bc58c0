// What real clients sent and providers answered with 200 must pass our checks, and its edits must keep every other
// byte.

#include <gtest/gtest.h>

#include "dialects/openai_chat/request.h"
#include "dialects/openai_chat/splice.h"
#include "recordings.h"

namespace tollgate::recordings {
namespace {

using namespace openai_chat;

std::optional<Endpoint> endpoint_of(const Recording& recording, json::Node body) {
  if (body["messages"]) return Endpoint::chat;
  if (recording.wire == "openai.embeddings") return Endpoint::embeddings;
  if (recording.wire == "openai.completions") return Endpoint::completions;
  return std::nullopt;
}

// Azure names the deployment in its path, so its clients may leave the model out; one Mistral client left out a
// tool_call_id. Ollama's own embeddings wire has no input.
bool is_expected(const Error& error) {
  return error.param == "model" || error.param == "input" || error.param.ends_with(".tool_call_id");
}

// Hosts that add hundreds of tokens of their own to a call with tools or web search (and xAI, which bills its own
// hidden prompt).
bool adds_instructions(const std::string& api) {
  return api == "groq.chat" || api == "openrouter.chat" || api == "huggingface.chat" || api == "xai.chat";
}

std::string edited(std::string_view body, const Splices& splices) {
  std::string out;
  Pieces pieces = edited_pieces(body, splices);
  for (std::string_view piece : pieces.all()) out += piece;
  EXPECT_EQ(out.size(), edited_length(body, splices));
  return out;
}

TEST(RecordedRequests, PassTheChecksAndKeepTheirBytes) {
  TG_SHARED_OR_SKIP(folder, "recordings");
  std::size_t requests = 0, expected = 0, exceeded = 0;
  visit_all(folder, [&](const Recording& recording) {
    json::Node node = recording.root["request"]["body"];
    if (recording.status != 200 || !node.is(json::Kind::object)) return;
    auto endpoint = endpoint_of(recording, node);
    if (!endpoint) return;
    SCOPED_TRACE(recording.id + " " + recording.api);
    std::string_view body = json::find_path(recording.text, {"request", "body"})->raw;
    auto request = read_request(*endpoint, body);
    ++requests;
    if (!request) {
      ++expected;
      EXPECT_TRUE(is_expected(request.error())) << request.error().param << ": " << request.error().detail;
      return;
    }
    EXPECT_EQ(request->model(), node["model"].string());
    EXPECT_EQ(request->stream, node["stream"].boolean().value_or(false));
    EXPECT_EQ(edited(body, declared_edits(*request, request->model(), AskUsage::no)), body);
    std::string sent = edited(body, declared_edits(*request, "another-model", AskUsage::yes));
    auto again = read_request(*endpoint, sent);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->model(), "another-model");
    EXPECT_EQ(again->include_usage, request->stream || request->include_usage);
    EXPECT_EQ(again->messages.raw, request->messages.raw);
    // The bound must hold against what the provider counted.
    auto document = json::Document::parse(recording.body, {.refuse_duplicates = false});
    if (!document) return;
    if (auto usage = mapped(usage_node(document->root()), recording.api)) {
      bool holds = request->input_bound.count >= usage->all_input().count;
      exceeded += !holds;
      EXPECT_TRUE(holds || adds_instructions(recording.api))
          << request->input_bound.count << " < " << usage->all_input().count;
    }
  });
  EXPECT_GE(requests, 2000u);
  EXPECT_LE(expected, 30u);
  EXPECT_LE(exceeded, 60u);
}

}  // namespace
}  // namespace tollgate::recordings
