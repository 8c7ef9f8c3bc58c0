#include "dialects/passthrough.h"

#include <gtest/gtest.h>

#include "dialects/all.h"

namespace tollgate {
namespace {

constexpr std::string_view form_type = "multipart/form-data; boundary=\"XX\"";
constexpr std::string_view form =
    "--XX\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n"
    "--XX\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n2\r\n"
    "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.mp3\"\r\nContent-Type: audio/mpeg\r\n\r\n\x01--X\r\n--XX--\r\n";

TEST(Passthrough, KnowsTheModelOfFormsAndOfJson) {
  auto of_form = view_passthrough(form_type, form);
  ASSERT_TRUE(of_form);
  EXPECT_EQ(of_form->model, "whisper-1");
  EXPECT_EQ(of_form->images, 2);
  EXPECT_TRUE(of_form->bare_model);
  auto of_json = view_passthrough("application/json; charset=utf-8", R"({"model":"gpt-image-1","n":3,"stream":true})");
  ASSERT_TRUE(of_json);
  EXPECT_EQ(of_json->model, "gpt-image-1");
  EXPECT_EQ(of_json->images, 3);
  EXPECT_TRUE(of_json->stream);
  EXPECT_EQ(view_passthrough("", "")->model, "");
  EXPECT_EQ(view_passthrough("application/octet-stream", "\xff\xfe")->model, "");
}

TEST(Passthrough, RefusesBrokenBodiesByField) {
  EXPECT_FALSE(view_passthrough("application/json", "{"));
  EXPECT_EQ(view_passthrough("application/json", R"({"model":1})").error().param, "model");
  EXPECT_EQ(view_passthrough("application/json", R"({"n":0})").error().param, "n");
  EXPECT_EQ(view_passthrough("multipart/form-data", form).error().param, "content-type");
  EXPECT_EQ(view_passthrough(form_type, form.substr(0, 60)).error().param, "body");
}

TEST(Passthrough, PricesByWhatTheAnswerReports) {
  std::vector<const Dialect*> openai{find_dialect("openai_chat")}, anthropic{find_dialect("anthropic_messages")};
  EXPECT_EQ(usage_in(openai, R"({"created":1,"data":[{"b64_json":"x"},{}],"usage":{"input_tokens":5,"output_tokens":9,"total_tokens":14}})"),
            (Usage{.input = {5}, .output = {9}}));
  EXPECT_EQ(usage_in(anthropic, R"({"type":"message","content":[],"usage":{"input_tokens":5,"output_tokens":9}})"), (Usage{.input = {5}, .output = {9}}));
  EXPECT_FALSE(usage_in(openai, R"({"object":"list","data":[]})"));
  EXPECT_FALSE(usage_in(openai, "RIFF"));
  EXPECT_EQ(images_in(R"({"data":[{"url":"x"},{"url":"y"}]})"), 2);
}

TEST(Passthrough, KeepsThePathAsItWasSentWithoutOurCredential) {
  EXPECT_EQ(passed_path("/passthrough/openai/files?purpose=a%20b&key=sk-x&limit=2"), "/files?purpose=a%20b&limit=2");
  EXPECT_EQ(passed_path("/passthrough/openai/a%3Ab"), "/a%3Ab");
  EXPECT_EQ(passed_path("/passthrough/openai/?key=sk-x"), "/");
  EXPECT_EQ(passed_path("/passthrough/openai"), "");
}

}  // namespace
}  // namespace tollgate
