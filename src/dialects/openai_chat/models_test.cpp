#include "dialects/openai_chat/models.h"

#include <gtest/gtest.h>

namespace tollgate::openai_chat {
namespace {

TEST(Models, AreListedAsOpenAiDoes) {
  std::string text;
  ModelEntry models[] = {{.name = "gpt-4o"}, {.name = "a\"b"}};
  append_model_list(text, models);
  EXPECT_EQ(text, R"({"object":"list","data":[{"id":"gpt-4o","object":"model","created":0,"owned_by":"tollgate"},)"
                  R"({"id":"a\"b","object":"model","created":0,"owned_by":"tollgate"}]})");
}

}  // namespace
}  // namespace tollgate::openai_chat
