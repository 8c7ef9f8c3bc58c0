#include "dialects/beyond_body.h"

#include <gtest/gtest.h>

#include "json/scan.h"

namespace tollgate {
namespace {

BeyondBody beyond(std::string_view body) {
  auto root = json::scan(body);
  EXPECT_TRUE(root.has_value()) << body;
  return beyond_body(*root);
}

TEST(BeyondBody, CallersToolsAndTextsAreAllThatIsRead) {
  for (std::string_view body : {
           R"({"messages":[{"role":"user","content":"Hi"}]})",
           R"({"tools":[{"type":"function","function":{"name":"web_search"}}]})",
           R"({"tools":[{"name":"f","input_schema":{"type":"object"}},{"type":"custom","name":"g"}]})",
           R"({"tools":[{"functionDeclarations":[{"name":"googleSearch"}]}]})",
           R"({"toolConfig":{"tools":[{"toolSpec":{"name":"f"}},{"cachePoint":{"type":"default"}}]}})",
           R"({"prompt":"Hi","previous_response_id":null,"conversation":null,"plugins":[],"mcp_servers":[ ],"reasoning":{"effort":"low"},"container":"c1"})",
           R"([1])",
       }) {
    BeyondBody found = beyond(body);
    EXPECT_FALSE(found.fills_context) << body;
    EXPECT_FALSE(found.continues) << body;
    EXPECT_EQ(found.tokens, 0) << body;
  }
}

TEST(BeyondBody, WhatSearchesAndReadsMayFillTheContext) {
  for (std::string_view body : {
           R"({"tools":[{"type":"web_search"}]})",
           R"({"tools":[{"type":"function","name":"f"},{"type":"web_search_20250305","name":"web_search","max_uses":1}]})",
           R"({"tools":[{"type":"file_search","vector_store_ids":["v"]}]})",
           R"({"tools":[{"type":"mcp","server_url":"https://example.com"}]})",
           R"({"tools":[{"type":"code_interpreter","container":{"type":"auto"}}]})",
           R"({"tools":[{"type":"a_tool_of_next_year"}]})",
           R"({"tools":[{"type":"openrouter:web_search"}]})",
           R"({"tools":[{"googleSearch":{}}]})",
           R"({"tools":[{"url_context":{}}]})",
           R"({"toolConfig":{"tools":[{"systemTool":{"name":"nova_grounding"}}]}})",
           R"({"web_search_options":{"search_context_size":"low"}})",
           R"({"search_parameters":{"mode":"on"}})",
           R"({"plugins":[{"id":"web"}]})",
           R"({"mcp_servers":[{"url":"https://example.com"}]})",
           R"({"conversation":"conv_1"})",
           R"({"prompt":{"id":"pmpt_1"}})",
           R"({"container":{"skills":[{"skill_id":"pdf"}]}})",
       })
    EXPECT_TRUE(beyond(body).fills_context) << body;
}

TEST(BeyondBody, ToolsThatAreOnlyDescribedAreBounded) {
  for (std::string_view type : {"bash_20250124", "text_editor_20250728", "computer_20250124", "memory_20250818", "image_generation", "local_shell"}) {
    BeyondBody found = beyond(R"({"tools":[{"type":")" + std::string(type) + R"("}]})");
    EXPECT_FALSE(found.fills_context) << type;
    EXPECT_GT(found.tokens, 1'000) << type;
  }
  EXPECT_GT(beyond(R"({"reasoning":{"mode":"pro"}})").tokens, 1'549);
  EXPECT_GT(beyond(R"({"models":["x-ai/grok-4"]})").tokens, 687);
}

TEST(BeyondBody, AStoredAnswerIsGoneOnWith) {
  BeyondBody found = beyond(R"({"input":"Hi","previous_response_id":"resp_1"})");
  EXPECT_TRUE(found.continues);
  EXPECT_FALSE(found.fills_context);
}

}  // namespace
}  // namespace tollgate
