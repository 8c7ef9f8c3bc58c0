#include "gateway/provider_objects.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

constexpr auto response = ObjectKind::response;

ProviderObject object(std::string tenant = "t") { return {.tenant = std::move(tenant), .provider = "p", .key = "k"}; }

TEST(ProviderObjects, AnotherTenantsIdIsUnknownAndStaysTheirs) {
  ProviderObjects objects;
  objects.keep("resp_1", {.tenant = "search", .provider = "openai", .key = "main"});
  objects.keep("resp_1", object("sales"));
  ASSERT_TRUE(objects.find("resp_1", response, "search"));
  EXPECT_EQ(objects.find("resp_1", response, "search")->key, "main");
  EXPECT_FALSE(objects.find("resp_1", response, "sales"));
  EXPECT_FALSE(objects.find("resp_1", ObjectKind::file, "search"));
  objects.forget("resp_1");
  EXPECT_FALSE(objects.find("resp_1", response, "search"));
}

TEST(ProviderObjects, TheOldestIsForgotten) {
  ProviderObjects objects(2);
  for (const char* id : {"a", "b", "a", "c"}) objects.keep(id, object());
  EXPECT_FALSE(objects.find("a", response, "t"));
  EXPECT_TRUE(objects.find("b", response, "t"));
  EXPECT_TRUE(objects.find("c", response, "t"));
}

TEST(ProviderObjects, AnIdThatIsNoneIsNotKept) {
  ProviderObjects objects;
  for (const std::string& id : {std::string(), std::string(1000, 'x'), std::string("a/b"), std::string(".."), std::string("a\r\nb"), std::string("a?b")}) {
    objects.keep(id, object());
    EXPECT_FALSE(objects.find(id, response, "t")) << id;
  }
}

TEST(ProviderObjects, ItsLinesBringItBack) {
  ProviderObjects before;
  before.keep("gone", object());
  before.keep("batch_1", {.kind = ObjectKind::batch, .tenant = "a \"team\"", .provider = "p", .key = "k", .work = {"gpt-x", 3, 40, 50}, .charge = "01"});
  before.forget("gone");
  std::string lines = before.take_lines();
  EXPECT_EQ(before.take_lines(), "");
  ProviderObjects after;
  after.load(lines + "{\"id\":\"torn");
  EXPECT_FALSE(after.find("gone", response, "t"));
  auto batch = after.find("batch_1", ObjectKind::batch, "a \"team\"");
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->work.model, "gpt-x");
  EXPECT_EQ(batch->work.output, 50);
  EXPECT_EQ(batch->charge, "01");
  EXPECT_EQ(after.take_lines(), "");
  EXPECT_EQ(after.take_lines(true), lines.substr(lines.find("{\"id\":\"batch_1"), lines.find("{\"id\":\"gone\",\"gone") - lines.find("{\"id\":\"batch_1")));
}

TEST(ProviderObjects, ABatchIsChargedByOneAtATime) {
  ProviderObjects objects;
  EXPECT_TRUE(objects.begin_charge("batch_1"));
  EXPECT_FALSE(objects.begin_charge("batch_1"));
  EXPECT_TRUE(objects.begin_charge("batch_2"));
  objects.end_charge("batch_1");
  EXPECT_TRUE(objects.begin_charge("batch_1"));
}

}  // namespace
}  // namespace tollgate
