// The example of docs/mock.md is a script.

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "mock/script.h"

namespace tollgate::mock {
namespace {

TEST(Docs, TheExampleCanBeRead) {
  std::ifstream file(TOLLGATE_SOURCE_DIR "/docs/mock.md");
  std::string page{std::istreambuf_iterator<char>(file), {}};
  std::size_t begin = page.find("```json\n") + 8;
  ASSERT_LT(begin, page.size());
  auto script = read_script(std::string_view(page).substr(begin, page.find("```", begin) - begin));
  ASSERT_TRUE(script) << script.error().detail;
  EXPECT_EQ(script->rules.size(), 6u);
}

}  // namespace
}  // namespace tollgate::mock
