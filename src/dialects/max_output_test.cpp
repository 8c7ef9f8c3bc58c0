#include "dialects/max_output.h"

#include <gtest/gtest.h>


namespace tollgate {
namespace {

std::string said(std::string_view body, MaxOutputField field) { return with_max_output({body, json::Kind::object}, field, 7); }

TEST(MaxOutput, IsSaidWhereItBelongs) {
  MaxOutputField flat{.name = "max_tokens"}, nested{.parent = "generationConfig", .name = "maxOutputTokens"};
  EXPECT_EQ(said(R"({"model":"m"})", flat), R"({"max_tokens":7,"model":"m"})");
  EXPECT_EQ(said("{ }", flat), R"({"max_tokens":7 })");
  EXPECT_EQ(said(R"({"max_tokens": null, "n": 1})", flat), R"({"max_tokens": 7, "n": 1})");
  EXPECT_EQ(said(R"({"contents":[]})", nested), R"({"generationConfig":{"maxOutputTokens":7},"contents":[]})");
  EXPECT_EQ(said(R"({"generationConfig":null})", nested), R"({"generationConfig":{"maxOutputTokens":7}})");
  EXPECT_EQ(said(R"({"generation_config":{"temperature":1}})", nested), R"({"generation_config":{"maxOutputTokens":7,"temperature":1}})");
  EXPECT_EQ(said(R"({"generationConfig":{"max_output_tokens":-1}})", nested), R"({"generationConfig":{"max_output_tokens":7}})");
}

}  // namespace
}  // namespace tollgate
