#include "config/json.h"

#include <gtest/gtest.h>

#include "config/load.h"

namespace tollgate::config {
namespace {

struct Inner {
  std::string name{};
  SecretRef secret{};
};
void describe(Fields& fields, Inner& inner) {
  fields.add("name", inner.name, "A name.").max_length(8);
  fields.add("secret", inner.secret, "A secret.");
}

struct Outer {
  std::optional<Money> usd{};
  std::int64_t count = 3;
  bool on = false;
  std::optional<Duration> wait{};
  std::vector<std::string> list{};
  Named<Inner> inner{};
  Named<std::vector<std::string>> tags{};
};
void describe(Fields& fields, Outer& outer) {
  fields.add("usd", outer.usd, "Money.").range(Money{1}, usd(100));
  fields.add("count", outer.count, "A number.");
  fields.add("on", outer.on, "A truth.");
  fields.add("wait", outer.wait, "A time.").empty("off");
  fields.add("list", outer.list, "Names.");
  fields.add("inner", outer.inner, "Groups.").entry("one");
  fields.add_prefix("tags.", outer.tags, "Tags.").entry("env");
  fields.later("more", "Later.");
}

// What is wrong with it, or its members as JSON.
std::string through(std::string_view text) {
  auto root = parse_json(text);
  if (!root) return std::string(root.error().what);
  Outer outer;
  Faults faults("body");
  load(*root, outer, {.allow_plain_secrets = true}, faults);
  if (faults.any_error()) return to_string(faults.take().front());
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  append_members(writer, outer, std::vector<std::string_view>{"name"});
  writer.end_object();
  return out;
}

TEST(JsonSettings, AreReadAndShownInTheWordsOfTheFile) {
  EXPECT_EQ(through(R"({"usd":0.5,"count":7,"on":true,"wait":"5s","list":["a","\u00e4\ud83d\ude00"],"tags.env":["x"]})"),
            "{\"usd\":0.5,\"count\":7,\"on\":true,\"wait\":\"5s\",\"list\":[\"a\",\"\u00e4\U0001F600\"],\"tags.env\":[\"x\"]}");
  EXPECT_EQ(through("{}"), R"({"count":3,"on":false,"wait":"off"})");
}

TEST(JsonSettings, SecretsAndMaskedTextsAreNotShown) {
  EXPECT_EQ(through(R"({"inner":{"a":{"name":"bob","secret":"sk-plain"},"b":{"secret":"env:NAME"}}})"),
            R"({"count":3,"on":false,"wait":"off","inner":{"a":{"name":"***","secret":"***"},"b":{"secret":"env:NAME"}}})");
}

TEST(JsonSettings, FaultsNameTheSetting) {
  EXPECT_NE(through(R"({"cuont":1})").find("did you mean `count`?"), std::string::npos);
  EXPECT_NE(through(R"({"count":"1"})").find("not a text in quotes"), std::string::npos);
  EXPECT_NE(through(R"({"usd":1000})").find("usd: `1000` is too large"), std::string::npos);
  EXPECT_NE(through(R"({"usd":null})").find("has no value"), std::string::npos);
  EXPECT_NE(through(R"({"more":1})").find("not yet available"), std::string::npos);
  EXPECT_NE(through(R"({"inner":{"a":{"name":"much too long"}}})").find("inner.a.name"), std::string::npos);
  EXPECT_EQ(through("[]"), "no object");
  EXPECT_EQ(through(R"({"count":1,"count":2})"), "duplicate key");
}

std::string merged(std::string_view target, std::string_view patch) { return merge_patch(*json::scan(target), *json::scan(patch)); }

// The cases of RFC 7396, appendix A, that have objects on both sides; read 2026-11-29.
TEST(JsonSettings, PatchesAreMerged) {
  EXPECT_EQ(merged(R"({"a":"b"})", R"({"a":"c"})"), R"({"a":"c"})");
  EXPECT_EQ(merged(R"({"a":"b"})", R"({"b":"c"})"), R"({"a":"b","b":"c"})");
  EXPECT_EQ(merged(R"({"a":"b"})", R"({"a":null})"), "{}");
  EXPECT_EQ(merged(R"({"a":"b","b":"c"})", R"({"a":null})"), R"({"b":"c"})");
  EXPECT_EQ(merged(R"({"a":["b"]})", R"({"a":"c"})"), R"({"a":"c"})");
  EXPECT_EQ(merged(R"({"a":"c"})", R"({"a":["b"]})"), R"({"a":["b"]})");
  EXPECT_EQ(merged(R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})"), R"({"a":{"b":"d"}})");
  EXPECT_EQ(merged(R"({"a":[{"b":"c"}]})", R"({"a":[1]})"), R"({"a":[1]})");
  EXPECT_EQ(merged(R"({"e":null})", R"({"a":1})"), R"({"e":null,"a":1})");
  EXPECT_EQ(merged("{}", R"({"a":{"bb":{"ccc":null}}})"), R"({"a":{"bb":{}}})");
  EXPECT_EQ(merged(R"({"a":1})", R"({"a":{"b":2}})"), R"({"a":{"b":2}})");
}

}  // namespace
}  // namespace tollgate::config
