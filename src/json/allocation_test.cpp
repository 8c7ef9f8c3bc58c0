// Counts calls of operator new: the request path must make none.

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <new>

#include "json/scan.h"
#include "json/write.h"

namespace {
thread_local std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace tollgate::json {
namespace {

std::string chat_body(int messages) {
  std::string body = R"({"model":"gpt-4o","stream":true,"\u0074op_p":0.5,"messages":[)";
  for (int i = 0; i < messages; ++i)
    body += R"({"role":"user","content":[{"type":"text","text":"Say \"hi\" to J\u00fcrgen and to 😀."}]},)";
  body.pop_back();
  return body + R"(],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]})";
}

TEST(Allocation, ScanningAndWalkingABodyMakesNone) {
  std::string body = chat_body(200);
  std::array<Member, 32> members;
  std::size_t count = 0, texts = 0;
  std::size_t before = allocations;
  auto value = scan_object(body, {}, members, count);
  for (const Member& member : Members(*value)) {
    if (!member.key_is("messages")) continue;
    for (Value message : Elements(member.value)) texts += find(message, "role")->plain_string()->size();
  }
  bool none = allocations == before;
  ASSERT_TRUE(value);
  EXPECT_EQ(count, 5u);
  EXPECT_EQ(texts, 800u);
  EXPECT_TRUE(none);
}

TEST(Allocation, WritingIntoAStringWithRoomMakesNone) {
  std::string out;
  out.reserve(1000);
  std::size_t before = allocations;
  Writer(out).begin_object().member("text", "a \"b\" \n 😀").member("n", 12345).key("x").real(0.1).end_object();
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace tollgate::json
