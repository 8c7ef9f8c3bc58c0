#include "dialects/openai_chat/stream.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tollgate::openai_chat {
namespace {

// A stream read to its end: what the reader said of each event, and what the client got.
struct Played {
  StreamReader reader;
  std::vector<StreamStep> steps;
  std::string forwarded;
};

Played play(std::string_view bytes, UsageAsked asked = UsageAsked::no, UsageQuirks quirks = {}) {
  Played played{.reader = StreamReader(asked, quirks), .steps = {}, .forwarded = {}};
  SseFramer framer;
  SseEvent event;
  auto drain = [&] {
    while (framer.next(event)) {
      played.steps.push_back(played.reader.read(event));
      if (played.steps.back().forward) played.forwarded += event.block;
    }
  };
  framer.feed(bytes);
  drain();
  framer.finish();
  drain();
  return played;
}

constexpr std::string_view role =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
constexpr std::string_view hello = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hello\"}}]}\n\n";
constexpr std::string_view stop = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
constexpr std::string_view usage =
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2,\"total_tokens\":11}}\n\n";
constexpr std::string_view end = "data: [DONE]\n\n";

std::string text(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (std::string_view part : parts) out += part;
  return out;
}

EventKind kind_of(std::string_view data) { return play(text({"data: ", data, "\n\n"})).steps.at(0).kind; }

TEST(StreamReader, TellsLifecycleContentFinishUsageAndEndApart) {
  Played played = play(text({role, hello, stop, usage, end}));
  ASSERT_EQ(played.steps.size(), 5u);
  EXPECT_EQ(played.steps[0].kind, EventKind::ignored_lifecycle);
  EXPECT_EQ(played.steps[1].kind, EventKind::content);
  EXPECT_EQ(played.steps[2].kind, EventKind::other);
  EXPECT_TRUE(played.steps[2].finished);
  EXPECT_EQ(played.steps[3].kind, EventKind::usage_only);
  EXPECT_EQ(played.steps[4].kind, EventKind::done);
  EXPECT_TRUE(played.reader.whole());
  EXPECT_EQ(played.reader.text_bytes(), 5);
}

TEST(StreamReader, HidesTheUsageChunkOnlyFromAClientThatDidNotAsk) {
  std::string bytes = text({role, hello, stop, usage, end});
  EXPECT_EQ(play(bytes, UsageAsked::no).forwarded, text({role, hello, stop, end}));
  EXPECT_EQ(play(bytes, UsageAsked::yes).forwarded, bytes);
}

TEST(StreamReader, PassesUsageThatRidesOnTheFinishChunk) {
  std::string bytes = text({hello,
                            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],"
                            "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n",
                            end});
  Played played = play(bytes);
  EXPECT_EQ(played.forwarded, bytes);
  EXPECT_EQ(played.reader.usage()->input.count, 1);
}

TEST(StreamReader, SeesEveryKindOfContent) {
  for (auto delta :
       {R"({"content":"a"})", R"({"content":[{"type":"text","text":"a"}]})", R"({"reasoning_content":"a"})",
        R"({"reasoning":"a"})", R"({"reasoning_details":[{"text":"a"}]})", R"({"refusal":"a"})",
        R"({"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":""}}]})",
        R"({"function_call":{"name":"f"}})", R"({"audio":{"transcript":"a"}})", R"({"content":"a"})"}) {
    EXPECT_EQ(kind_of(text({R"({"choices":[{"index":0,"delta":)", delta, "}]}"})), EventKind::content) << delta;
  }
  EXPECT_EQ(kind_of(R"({"choices":[{"text":"a","index":0}]})"), EventKind::content);
}

TEST(StreamReader, SeesNoContentInEmptyDeltas) {
  for (auto delta :
       {R"({})", R"({"role":"assistant"})", R"({"content":null})", R"({"content":""})", R"({"tool_calls":null})",
        R"({"tool_calls":[]})", R"({"refusal":null,"reasoning":"","audio":{}})", R"({"function_call":null})"}) {
    EXPECT_EQ(kind_of(text({R"({"choices":[{"index":0,"delta":)", delta, R"(}],"obfuscation":"abc"})"})),
              EventKind::ignored_lifecycle)
        << delta;
  }
  EXPECT_EQ(kind_of(R"({"choices":[],"prompt_filter_results":[{"prompt_index":0}],"id":""})"),
            EventKind::ignored_lifecycle);
}

TEST(StreamReader, CountsDecodedBytesOfTextToolCallsAndReasoning) {
  Played played = play(
      "data: "
      "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\u00e9\\n\\ud83d\\ude00\xC3\xA9\",\"reasoning\":\"abc\","
      "\"reasoning_details\":[{\"text\":\"abc\"}],\"tool_calls\":[{\"function\":{\"name\":\"fn\",\"arguments\":\"{}\"}}"
      "]}}]}\n\n");
  EXPECT_EQ(played.reader.text_bytes(), 2 + 1 + 4 + 2 + 4);
  EXPECT_EQ(played.reader.reasoning_bytes(), 3);
}

TEST(StreamReader, TakesTheLastOfCumulativeUsage) {
  Played played = play(text(
      {R"(data: {"choices":[{"index":0,"delta":{"content":"a"}}],"usage":{"prompt_tokens":7,"completion_tokens":1}})",
       "\n\n", R"(data: {"choices":[{"index":0,"delta":{"content":"b"}}],"usage":null})", "\n\n",
       R"(data: {"choices":[{"index":0,"delta":{"content":"b"}}],"usage":{"prompt_tokens":7,"completion_tokens":2}})",
       "\n\n"}));
  EXPECT_EQ(played.reader.usage()->output.count, 2);
  EXPECT_EQ(played.reader.usage()->input.count, 7);
}

TEST(StreamReader, FindsGroqsUsage) {
  Played played = play(
      "data: {\"choices\":[],\"x_groq\":{\"id\":\"r\",\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}}\n\n");
  EXPECT_EQ(played.steps[0].kind, EventKind::usage_only);
  EXPECT_EQ(played.reader.usage()->output.count, 4);
}

TEST(StreamReader, ForgetsUsageThatTurnsAbsurd) {
  Played played =
      play(text({usage, "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":-5,\"completion_tokens\":2}}\n\n"}));
  EXPECT_FALSE(played.reader.usage());
  EXPECT_TRUE(played.reader.absurd_usage());
}

TEST(StreamReader, CallsAStreamWholeWithoutTheEndMarkWhenEachChoiceFinished) {
  constexpr std::string_view first = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
  constexpr std::string_view second = "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"b\"}}]}\n\n";
  constexpr std::string_view stop_second =
      "data: {\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n";
  EXPECT_FALSE(play(text({first, second, stop})).reader.whole());
  Played played = play(text({first, second, stop_second, first, stop}));
  EXPECT_TRUE(played.reader.whole());
  EXPECT_FALSE(played.reader.done());
  EXPECT_TRUE(played.reader.cut_by_length());
}

TEST(StreamReader, CallsAStreamCutWhenNothingEndedIt) {
  for (const std::string& bytes : {text({role, hello}), text({role}), text({}), text({usage}), text({end}),
                                   text({"{\"error\":{\"message\":\"x\"}}"}), text({"<html>busy</html>\n\n"})}) {
    Played played = play(bytes);
    EXPECT_FALSE(played.reader.whole()) << bytes;
    ASSERT_TRUE(played.reader.end()) << bytes;
    EXPECT_EQ(played.reader.end()->fault, Fault::upstream_truncated) << bytes;
  }
}

TEST(StreamReader, TakesTheEndMarkAsTheEndWhereNoFinishReasonCame) {
  EXPECT_TRUE(play(text({role, hello, end})).reader.whole());
  EXPECT_TRUE(play(text({role, hello, "data:  [DONE] \n\n"})).reader.whole());
  EXPECT_TRUE(play(text({role, hello, "data: [DONE]"})).reader.whole());
}

TEST(StreamReader, SwallowsWhatFollowsTheEndMark) {
  Played played = play(text({hello, stop, end, end, hello}));
  EXPECT_EQ(played.forwarded, text({hello, stop, end}));
  EXPECT_TRUE(played.reader.extra_events());
  EXPECT_EQ(played.reader.text_bytes(), 5);
}

TEST(StreamReader, DoesNotForwardHalfAnEvent) {
  Played played = play(text({hello, "data: {\"choices\":[{\"index"}));
  EXPECT_EQ(played.forwarded, hello);
  EXPECT_EQ(played.reader.end()->fault, Fault::upstream_truncated);
}

TEST(StreamReader, KeepsAWholeLastEventThatLacksItsBlankLine) {
  Played played = play(text({hello, stop.substr(0, stop.size() - 2)}));
  EXPECT_EQ(played.forwarded, text({hello, stop}));
  EXPECT_TRUE(played.reader.whole());
}

TEST(StreamReader, SeesErrorsInAllThreeForms) {
  for (auto form :
       {"data: {\"error\":{\"message\":\"m\",\"type\":\"server_error\"}}\n\n",
        "event: error\ndata: {\"error\":{\"message\":\"m\",\"status_code\":500}}\n\n",
        "event: error\ndata: not json\n\n", "error: {\"detail\":\"m\",\"error\":{\"message\":\"m\"}}\n\n",
        "data: {\"error\":\"m\"}\n\n", "data: {\"object\":\"error\",\"message\":\"m\"}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"error\"}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}],\"error\":{\"code\":502,\"message\":\"m\"}}\n\n"}) {
    Played played = play(text({hello, form, end}));
    EXPECT_EQ(played.steps[1].kind, EventKind::error) << form;
    EXPECT_EQ(played.reader.error()->fault, Fault::upstream_error) << form;
    EXPECT_EQ(played.forwarded, hello) << form;
    EXPECT_FALSE(played.reader.whole()) << form;
  }
}

TEST(StreamReader, GivesAnErrorItsClass) {
  auto fault = [](std::string_view error) {
    return play(text({"data: {\"error\":", error, "}\n\n"})).reader.error()->fault;
  };
  EXPECT_EQ(fault(R"({"type":"service_unavailable_error","code":"server_is_overloaded"})"), Fault::upstream_overloaded);
  EXPECT_EQ(fault(R"({"type":"overloaded_error"})"), Fault::upstream_overloaded);
  EXPECT_EQ(fault(R"({"code":"rate_limit_exceeded"})"), Fault::upstream_rate_limited);
  EXPECT_EQ(fault(R"({"code":429})"), Fault::upstream_rate_limited);
  EXPECT_EQ(fault(R"({"type":"insufficient_quota"})"), Fault::upstream_quota);
  EXPECT_EQ(fault(R"({"type":"invalid_request_error","code":"tool_use_failed","status_code":400})"),
            Fault::upstream_rejected);
  EXPECT_EQ(fault(R"({"type":"model_error"})"), Fault::upstream_error);
  EXPECT_EQ(fault(R"({"code":503,"status":"UNAVAILABLE"})"), Fault::upstream_overloaded);
}

TEST(StreamReader, TakesNullErrorsForNone) {
  EXPECT_EQ(kind_of(R"({"choices":[{"index":0,"delta":{"content":"a"}}],"error":null})"), EventKind::content);
}

TEST(StreamReader, RefusesWhatIsNoChunk) {
  for (auto data : {"{broken", "1", "[]", "\"x\"", "{\"a\":1}\ndata: {\"b\":2}", "{\"x\":\"\xff\"}",
                    "{\"choices\":[{\"index\":-1,\"delta\":{}}]}", "{\"choices\":[{\"index\":128,\"delta\":{}}]}"}) {
    Played played = play(text({"data: ", data, "\n\n"}));
    EXPECT_EQ(played.steps[0].kind, EventKind::error) << data;
    EXPECT_EQ(played.reader.error()->fault, Fault::upstream_protocol) << data;
  }
}

}  // namespace
}  // namespace tollgate::openai_chat
