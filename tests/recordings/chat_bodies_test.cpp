// Broken and odd bodies: what feeds a reserve, a route, a cache key or a redaction is refused before anything else.

#include <gtest/gtest.h>
#include <zlib.h>

#include <array>

#include "dialects/openai_chat/request.h"
#include "json/document.h"
#include "json/data_for_test.h"

namespace tollgate::recordings {
namespace {

constexpr std::size_t largest_body = 8 << 20;

std::string inflated(const std::string& packed) {
  std::string out(largest_body, '\0');
  auto size = static_cast<uLongf>(out.size());
  int fault = uncompress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(packed.data()),
                         packed.size());
  EXPECT_EQ(fault, Z_OK);
  out.resize(size);
  return out;
}

std::string body_of(const json::Node& test) {
  if (auto plain = test["body_b64"].string()) return json::test::from_base64(*plain);
  return inflated(json::test::from_base64(*test["body_zlib_b64"].string()));
}

// Cases whose answer differs here, each with its reason. At most a tenth of the set.
struct Exception {
  std::string_view id, reason;
};
constexpr std::array<Exception, 0> exceptions{};

bool is_exception(std::string_view id) {
  for (const Exception& exception : exceptions) {
    if (exception.id == id) return true;
  }
  return false;
}

// 400: refused here. 404: the model is unknown to the router, so the body is good. "400 or 200" and the like: either.
TEST(ChatBodies, GetTheAnswerOfTheSharedSet) {
  TG_SHARED_OR_SKIP(path, "badinput/chat-bodies/bodies.jsonl");
  std::size_t cases = 0, excepted = 0;
  for (const std::string& line : json::test::file_lines(path)) {
    auto document = json::Document::parse(line);
    ASSERT_TRUE(document);
    json::Node test = document->root();
    if (test["group"].string() != "openai") continue;
    std::string id(*test["id"].string());
    std::string body = body_of(test);
    auto request = openai_chat::read_request(openai_chat::Endpoint::chat, body);
    ++cases;
    excepted += is_exception(id);
    auto status = test["status"].integer();
    if (!status || is_exception(id)) continue;
    EXPECT_EQ(request.has_value(), *status != 400) << id << ": " << (request ? "accepted" : request.error().detail);
    if (request) continue;
    EXPECT_EQ(request.error().fault, Fault::invalid_request) << id;
    EXPECT_LE(request.error().detail.size(), 200u) << id;
  }
  EXPECT_EQ(cases, 95u);
  EXPECT_LE(excepted * 10, cases);
}

}  // namespace
}  // namespace tollgate::recordings
