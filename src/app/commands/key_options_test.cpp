#include "app/commands/key_options.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

constexpr WallTime now{1'795'000'000'000'000'000};  // in November 2026

CommandLine words(std::vector<std::string> text) {
  CommandLine line;
  constexpr auto value = Option::value;
  auto bad = line.read(text, {{"team", value},
                              {"user", value},
                              {"feature", value},
                              {"tags", value},
                              {"models", value},
                              {"may-set", value},
                              {"expires", value},
                              {"allow-from", value},
                              {"limit", Option::values}});
  EXPECT_FALSE(bad) << *bad;
  return line;
}

std::string fault_of(std::vector<std::string> text) {
  auto settings = key_settings_of(words(std::move(text)), now);
  return settings ? "" : settings.error().detail;
}

TEST(LimitOption, ReadsAmountAndWindow) {
  EXPECT_EQ(parse_limit("usd=50/month").value(), (StoredLimit{"usd", "50", "month"}));
  EXPECT_EQ(parse_limit("usd=0.0025/hour").value(), (StoredLimit{"usd", "0.0025", "hour"}));
  EXPECT_EQ(parse_limit("usd=12.50/day").value().amount, "12.5");
}

TEST(LimitOption, RefusesWhatIsNoLimit) {
  for (const char* text :
       {"", "50/month", "usd=50", "usd/month", "usd=/month", "usd=0/month", "usd=-1/month", "usd=50/", "usd=x/day",
        "usd=1e3/day", "usd=50/year", "usd=50/rolling", "usd=1000000001/day", "usd=0.0000000001/day", "/usd=50"})
    EXPECT_FALSE(parse_limit(text)) << text;
}

TEST(LimitOption, ReadsTokensAndRequestsAsWholeNumbers) {
  EXPECT_EQ(parse_limit("tokens=1000/day").value(), (StoredLimit{"tokens", "1000", "day"}));
  EXPECT_EQ(parse_limit("requests=60/minute").value(), (StoredLimit{"requests", "60", "minute"}));
  for (const char* text : {"tokens=0/day", "tokens=1.5/day", "tokens=-1/day", "requests=1/year", "tokens=1000000000000001/day"})
    EXPECT_FALSE(parse_limit(text)) << text;
  EXPECT_NE(parse_limit("words=1000/day").error().detail.find("words"), std::string::npos);
}

TEST(LimitOption, TakesOneLimitForEachWindow) {
  EXPECT_EQ(parse_limits({"usd=50/month", "usd=5/day"}).value().size(), 2u);
  EXPECT_FALSE(parse_limits({"usd=50/month", "usd=60/month"}));
}

TEST(KeyOptions, ReadsAllThatAKeyMayHave) {
  auto line = words({"--team", "search", "--user=alice", "--feature", "faq", "--tags", "env=dev,cost=4711", "--models",
                     "gpt-4o, claude-*", "--may-set", "user,tags", "--expires", "2027-01-01", "--allow-from",
                     "10.0.0.0/8,::1", "--limit", "usd=50/month", "--limit", "usd=5/day"});
  KeySettings settings = key_settings_of(line, now).value();
  EXPECT_EQ(settings.attribution.team, "search");
  EXPECT_EQ(settings.attribution.user, "alice");
  EXPECT_EQ(settings.attribution.feature, "faq");
  EXPECT_EQ(settings.attribution.tags, (Tags{{"cost", "4711"}, {"env", "dev"}}));
  EXPECT_EQ(settings.models, (std::vector<std::string>{"gpt-4o", "claude-*"}));
  EXPECT_EQ(settings.may_set, (MaySet{.user = true, .feature = false, .tags = true}));
  EXPECT_EQ(rfc3339(*settings.expires), "2027-01-01T00:00:00.000Z");
  ASSERT_EQ(settings.allow_from.size(), 2u);
  EXPECT_EQ(format_cidr(settings.allow_from[0]), "10.0.0.0/8");
  EXPECT_EQ(settings.limits.size(), 2u);
}

TEST(KeyOptions, LeavesEverythingOpenWhenNothingIsSaid) {
  EXPECT_EQ(key_settings_of(words({}), now).value(), KeySettings{});
}

TEST(KeyOptions, NamesTheOptionAtFault) {
  EXPECT_NE(fault_of({"--team", ""}).find("--team"), std::string::npos);
  EXPECT_NE(fault_of({"--tags", "env"}).find("--tags"), std::string::npos);
  EXPECT_NE(fault_of({"--tags", "a=1,a=2"}).find("--tags"), std::string::npos);
  EXPECT_NE(fault_of({"--models", "gpt-4o,,x"}).find("--models"), std::string::npos);
  EXPECT_NE(fault_of({"--models", "*-mini"}).find("--models"), std::string::npos);
  EXPECT_NE(fault_of({"--may-set", "team"}).find("--may-set"), std::string::npos);
  EXPECT_NE(fault_of({"--expires", "soon"}).find("--expires"), std::string::npos);
  EXPECT_NE(fault_of({"--allow-from", "10.0.0.1/8"}).find("--allow-from"), std::string::npos);
  EXPECT_NE(fault_of({"--limit", "50"}).find("--limit"), std::string::npos);
}

TEST(KeyOptions, RefuseAKeyThatHasEndedAlready) {
  EXPECT_NE(fault_of({"--expires", "2020-01-01"}).find("passed"), std::string::npos);
}

}  // namespace
}  // namespace tollgate
