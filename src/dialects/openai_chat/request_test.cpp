#include "dialects/openai_chat/request.h"

#include <gtest/gtest.h>

#include "dialects/openai_media.h"
#include "dialects/openai_chat/splice.h"
#include "json/scan.h"

namespace tollgate::openai_chat {
namespace {

constexpr std::string_view messages = R"("messages":[{"role":"user","content":"hi"}])";

std::string body_with(std::string_view more) {
  return std::string(R"({"model":"gpt-4o",)").append(messages).append(more.empty() ? "" : ",").append(more).append("}");
}

Result<OpenAiRequest> chat(std::string_view body) { return read_request(Endpoint::chat, body); }

std::string refused_field(std::string_view more) {
  std::string body = body_with(more);
  auto request = chat(body);
  return request ? "accepted" : request.error().param + "/" + request.error().code;
}

TEST(OpenAiRequest, SeesWhatRoutingAndReservingNeed) {
  std::string body = body_with(
      R"("stream":true,"stream_options":{"include_usage":true},"max_tokens":100,)"
      R"("max_completion_tokens":1E2,"n":3,"user":"al\u0069ce","tools":[{"type":"function","function":{"name":"f"}}])");
  auto request = chat(body);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->model(), "gpt-4o");
  EXPECT_EQ(request->user(), "alice");
  EXPECT_TRUE(request->stream);
  EXPECT_TRUE(request->include_usage);
  EXPECT_TRUE(request->has_tools);
  EXPECT_EQ(request->max_output, 100);
  EXPECT_EQ(request->answers(), 3);
  EXPECT_EQ(request->messages.raw, messages.substr(11));
}

TEST(OpenAiRequest, SurvivesBeingMovedWithAnEscapedModel) {
  std::string body = std::string(R"({"model":"\u0067pt",)").append(messages).append("}");
  auto request = chat(body);
  ASSERT_TRUE(request);
  OpenAiRequest moved = std::move(*request);
  EXPECT_EQ(moved.model(), "gpt");
}

TEST(OpenAiRequest, TakesNullForAbsent) {
  for (auto more :
       {R"("max_tokens":null)", R"("n":null)", R"("stream":null)", R"("stream_options":null)", R"("tools":null)",
        R"("tool_choice":null)", R"("stop":null)", R"("user":null)", R"("top_p":null)", R"("response_format":null)",
        R"("metadata":null,"logit_bias":null,"seed":null,"functions":null,"temperature":null)"}) {
    EXPECT_EQ(refused_field(more), "accepted") << more;
  }
}

TEST(OpenAiRequest, NamesTheFieldThatIsWrong) {
  EXPECT_EQ(refused_field(R"("max_tokens":-1)"), "max_tokens/integer_below_min_value");
  EXPECT_EQ(refused_field(R"("max_tokens":0)"), "max_tokens/integer_below_min_value");
  EXPECT_EQ(refused_field(R"("max_tokens":1.5)"), "max_tokens/invalid_value");
  EXPECT_EQ(refused_field(R"("max_tokens":"5")"), "max_tokens/invalid_type");
  EXPECT_EQ(refused_field(R"("n":0)"), "n/integer_below_min_value");
  EXPECT_EQ(refused_field(R"("n":129)"), "n/integer_above_max_value");
  EXPECT_EQ(refused_field(R"("stream":"yes")"), "stream/invalid_type");
  EXPECT_EQ(refused_field(R"("stream_options":[])"), "stream_options/invalid_type");
  EXPECT_EQ(refused_field(R"("stream_options":{"include_usage":1})"), "stream_options.include_usage/invalid_type");
  EXPECT_EQ(refused_field(R"("temperature":2.01)"), "temperature/decimal_above_max_value");
  EXPECT_EQ(refused_field(R"("tools":[{"type":"function"}])"), "tools[0].function/invalid_type");
  EXPECT_EQ(refused_field(R"("tools":[{"type":"function","function":{"name":"a b"}}])"),
            "tools[0].function.name/invalid_value");
  EXPECT_EQ(refused_field(R"("model":"x")"), "/invalid_json");  // twice
  EXPECT_EQ(refused_field(R"("\u006dodel":"x")"), "/invalid_json");
}

std::string refused_messages(std::string_view list) {
  std::string body = std::string(R"({"model":"m","messages":)").append(list).append("}");
  auto request = chat(body);
  return request ? "accepted" : request.error().param;
}

TEST(OpenAiRequest, NamesTheMessageThatIsWrong) {
  EXPECT_EQ(refused_messages("[]"), "messages");
  EXPECT_EQ(refused_messages("null"), "messages");
  EXPECT_EQ(refused_messages(R"("hi")"), "messages");
  EXPECT_EQ(refused_messages("[null]"), "messages[0]");
  EXPECT_EQ(refused_messages(R"([{"role":"user","content":"a"},{"role":1,"content":"x"}])"), "messages[1].role");
  EXPECT_EQ(refused_messages(R"([{"role":"wizard","content":"x"}])"), "messages[0].role");
  EXPECT_EQ(refused_messages(R"([{"role":"user","content":null}])"), "messages[0].content");
  EXPECT_EQ(refused_messages(R"([{"role":"user","content":[]}])"), "messages[0].content");
  EXPECT_EQ(refused_messages(R"([{"role":"user","content":[{"type":"text","text":"a"},{"type":"nope"}]}])"),
            "messages[0].content[1].type");
  EXPECT_EQ(refused_messages(R"([{"role":"user","content":[{"type":"text"}]}])"), "messages[0].content[0].text");
  EXPECT_EQ(refused_messages(R"([{"role":"user","content":[{"type":"image_url","image_url":{"url":"file:///x"}}]}])"),
            "messages[0].content[0].image_url.url");
  EXPECT_EQ(refused_messages(R"([{"role":"tool","content":"x"}])"), "messages[0].tool_call_id");
  EXPECT_EQ(refused_messages(R"([{"role":"assistant","content":null,"tool_calls":[]}])"), "accepted");
  EXPECT_EQ(refused_messages(R"([{"role":"assistant"}])"), "accepted");
}

TEST(OpenAiRequest, EchoesNothingOfTheBody) {
  std::string body = std::string(R"({"model":"m","messages":[{"role":")").append(5000, 'x').append("\"}]}");
  auto request = chat(body);
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().detail.find("xx"), std::string::npos);
}

TEST(OpenAiRequest, BoundsTheInputByItsBytes) {
  std::string text(1000, 'a');
  std::string body = std::string(R"({"model":"m","messages":[{"role":"user","content":")") + text +
                     R"("}],"documents":[")" + text + "\"]}";
  auto request = chat(body);
  ASSERT_TRUE(request);
  EXPECT_GE(request->input_bound.count, 2000);
  EXPECT_LE(request->input_bound.count, 2200);
}

TEST(OpenAiRequest, BoundsAnImageByItsOwnConstantAndNotByItsBytes) {
  std::string image(1'000'000, 'A');
  std::string body = std::string(R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a"},)") +
                     R"({"type":"image_url","image_url":{"url":"data:image/png;base64,)" + image + R"("}}]}]})";
  auto request = chat(body);
  ASSERT_TRUE(request);
  EXPECT_GE(request->input_bound.count, openai::max_image_tokens);
  EXPECT_LE(request->input_bound.count, openai::max_image_tokens + 300);
}

TEST(OpenAiRequest, CountsTheAnswersOfSeveralPrompts) {
  auto request =
      read_request(Endpoint::completions, R"({"model":"m","prompt":["a","b","c"],"n":2,"best_of":4,"max_tokens":0})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->answers(), 12);
  auto ids = read_request(Endpoint::completions, R"({"model":"m","prompt":[1,2,3]})");
  ASSERT_TRUE(ids);
  EXPECT_EQ(ids->answers(), 1);
  EXPECT_TRUE(read_request(Endpoint::completions, R"({"model":"m"})"));
}

TEST(OpenAiRequest, ReadsEmbeddings) {
  EXPECT_TRUE(read_request(Endpoint::embeddings, R"({"model":"m","input":[[1,2],[3]]})"));
  for (auto body : {R"({"model":"m"})", R"({"model":"m","input":[]})", R"({"model":"m","input":1})",
                    R"({"model":"m","input":["a",1]})", R"({"model":"m","input":[null]})"}) {
    auto request = read_request(Endpoint::embeddings, body);
    ASSERT_FALSE(request) << body;
    EXPECT_EQ(request.error().param, "input") << body;
  }
}

TEST(OpenAiRequest, ReadsABodyWithVeryManyFields) {
  std::string more;
  for (int i = 0; i < 300; ++i) more += "\"x" + std::to_string(i) + "\":1,";
  EXPECT_EQ(refused_field(more + "\"n\":-1"), "n/integer_below_min_value");
}

// ---- edits

std::string edited(std::string_view body, std::string_view model, AskUsage ask) {
  auto request = chat(body);
  EXPECT_TRUE(request) << body;
  Splices splices = declared_edits(*request, model, ask);
  std::string out;
  Pieces pieces = edited_pieces(body, splices);
  for (std::string_view piece : pieces.all()) out += piece;
  EXPECT_EQ(out.size(), edited_length(body, splices));
  EXPECT_TRUE(json::scan(out)) << out;
  return out;
}

constexpr std::string_view list = R"([{"role":"user","content":"hi"}])";

std::string with(std::string_view front, std::string_view back) {
  return std::string(front).append(R"("messages":)").append(list).append(back);
}

TEST(DeclaredEdits, ChangeNothingWhereNothingIsToBeSaid) {
  std::string body = with("{ \"model\" : \"m\" ,\n", " }");
  EXPECT_EQ(edited(body, "m", AskUsage::yes), body);
}

TEST(DeclaredEdits, ReplaceTheModelAndKeepEveryOtherByte) {
  EXPECT_EQ(edited(with(R"({"model":  "gpt", )", "\n}"), "gpt-4o-2024", AskUsage::no),
            with(R"({"model":  "gpt-4o-2024", )", "\n}"));
  EXPECT_EQ(edited(with(R"({"\u006dodel":"\u0067pt",)", "}"), "gpt", AskUsage::no),
            with(R"({"\u006dodel":"\u0067pt",)", "}"));
  EXPECT_EQ(edited(with(R"({"model":"gpt",)", "}"), "a\"b", AskUsage::no), with(R"({"model":"a\"b",)", "}"));
}

TEST(DeclaredEdits, AskForUsageInEveryWayItCanBeMissing) {
  auto stream = [](std::string_view options) {
    return with(std::string(R"({"stream":true,)").append(options), R"(,"model":"m" } )");
  };
  EXPECT_EQ(edited(stream(""), "m", AskUsage::yes),
            with(R"({"stream":true,)", R"(,"model":"m" ,"stream_options":{"include_usage":true}} )"));
  EXPECT_EQ(edited(stream(R"("stream_options":null,)"), "m", AskUsage::yes),
            stream(R"("stream_options":{"include_usage":true},)"));
  EXPECT_EQ(edited(stream(R"("stream_options":{ },)"), "m", AskUsage::yes),
            stream(R"("stream_options":{"include_usage":true },)"));
  EXPECT_EQ(edited(stream(R"("stream_options":{"a":1},)"), "m", AskUsage::yes),
            stream(R"("stream_options":{"include_usage":true,"a":1},)"));
  EXPECT_EQ(edited(stream(R"("stream_options":{"include_usage":false},)"), "m", AskUsage::yes),
            stream(R"("stream_options":{"include_usage":true},)"));
  EXPECT_EQ(edited(stream(R"("stream_options":{"include_usage":true},)"), "m", AskUsage::yes),
            stream(R"("stream_options":{"include_usage":true},)"));
}

TEST(DeclaredEdits, KeepTheirOrderWhenTheModelComesLast) {
  EXPECT_EQ(edited(with(R"({"stream":true,"stream_options":{},)", R"(,"model":"m"})"), "other", AskUsage::yes),
            with(R"({"stream":true,"stream_options":{"include_usage":true},)", R"(,"model":"other"})"));
}

}  // namespace
}  // namespace tollgate::openai_chat
