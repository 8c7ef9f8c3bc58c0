#include "pricing/catalogue.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "pricing/catalogue_reader.h"

namespace tollgate {
namespace {

WallTime day(std::string_view text) {
  WallTime out;
  EXPECT_TRUE(parse_rfc3339(text, out));
  return out;
}

std::string with_models(std::string_view models) {
  return R"({"format":1,"fallback":{"azure":["maker"]},"makers":["maker","host"],"models":[)" + std::string(models) +
         "]}";
}

const char small[] = R"(
  {"provider":"host","model":"m1","prices":[{"id":"host/m1@1","source":"s","input":"9","output":"9"}]},
  {"provider":"maker","model":"m1","aliases":["m-one"],"context":1000,"max_output":100,
   "prices":[{"id":"maker/m1@1","source":"s","input":"3","output":"15","cached_input":"0.003625"},
             {"id":"maker/m1@2","source":"s","from":"2026-08-17","input":"2","output":"10","tiers":[{"above":10,"input":"4","output":"20"}]},
             {"id":"maker/m1@3","source":"s","daily":"22:00-01:30","input":"1","output":"5"}]},
  {"provider":"maker","model":"m1-2024-05-13","prices":[{"id":"old","source":"s","input":"5","output":"15"}]},
  {"provider":"maker","model":"tiny-latest","prices":[{"id":"tiny","source":"s","input":"0.1","output":"0.1"}]})";

Catalogue loaded(std::vector<PriceOverride> overrides = {}) {
  auto catalogue = Catalogue::load(with_models(small), overrides);
  if (!catalogue) throw std::runtime_error(catalogue.error().detail);
  return std::move(*catalogue);
}

const Price& price(const Catalogue& catalogue, std::string_view provider, std::string_view model) {
  return catalogue.find(provider, model)->price_at(day("2026-11-22T12:00:00Z"));
}

PriceOverride over(std::string name, std::optional<std::int64_t> input, std::optional<std::int64_t> output) {
  PriceOverride out{.name = std::move(name), .rates = {}};
  out.rates.input = input;
  out.rates.output = output;
  return out;
}

TEST(Catalogue, FindsAModelByItsNamesAndWithoutWhatMarksASnapshot) {
  Catalogue catalogue = loaded();
  for (auto name :
       {"m1", "m-one", "m1-latest", "m1-2024-11-20", "m1-20241120", "m1@20241120", "models/m1", "m-one-20250101"}) {
    ASSERT_TRUE(catalogue.find("maker", name)) << name;
    EXPECT_EQ(price(catalogue, "maker", name).id, "maker/m1@2") << name;
  }
  EXPECT_EQ(price(catalogue, "maker", "m1-2024-05-13").id, "old");
  for (auto name : {"tiny", "tiny-latest", "tiny-20250101"})
    EXPECT_EQ(price(catalogue, "maker", name).id, "tiny") << name;
}

TEST(Catalogue, GuessesNothing) {
  Catalogue catalogue = loaded();
  for (auto name : {"m", "m1-mini", "m1-2024-13-40", "m1-2024", "M1", "", "m1-", "xm1", "maker/m1"})
    EXPECT_FALSE(catalogue.find("maker", name)) << name;
  EXPECT_FALSE(catalogue.find("nobody", "m1"));
}

TEST(Catalogue, UsesTheMakersRowsForAHostThatServesThem) {
  Catalogue catalogue = loaded();
  EXPECT_EQ(price(catalogue, "azure", "m1").id, "maker/m1@2");
  EXPECT_EQ(price(catalogue, "host", "m1").id, "host/m1@1");
  EXPECT_FALSE(catalogue.find("host", "tiny"));
}

TEST(Catalogue, FindsANameWithoutProviderAtItsMakerFirst) {
  Catalogue catalogue = loaded();
  EXPECT_EQ(catalogue.find_named("m1")->provider, "maker");
  EXPECT_EQ(catalogue.find_named("host/m1")->provider, "host");
  EXPECT_EQ(catalogue.find_named("m1-20241120")->provider, "maker");
  EXPECT_FALSE(catalogue.find_named("m2"));
}

TEST(Catalogue, TakesThePriceOfTheDayAndTheHour) {
  const Catalogue catalogue = loaded();
  const Model& m1 = *catalogue.find("maker", "m1");
  EXPECT_EQ(m1.price_at(day("2026-08-16T12:00:00Z")).id, "maker/m1@1");
  EXPECT_EQ(m1.price_at(day("2026-08-17T00:00:00Z")).id, "maker/m1@3");
  EXPECT_EQ(m1.price_at(day("2026-08-17T01:29:59Z")).id, "maker/m1@3");
  EXPECT_EQ(m1.price_at(day("2026-08-17T01:30:00Z")).id, "maker/m1@2");
  EXPECT_EQ(m1.price_at(day("2026-08-17T21:59:59Z")).id, "maker/m1@2");
  EXPECT_EQ(m1.price_at(day("2026-08-17T22:00:00Z")).id, "maker/m1@3");
}

TEST(Catalogue, ReadsDecimalPricesExactly) {
  const Catalogue catalogue = loaded();
  const Model& m1 = *catalogue.find("maker", "m1");
  EXPECT_EQ(m1.rows[0].price.rates.cached_input, 3'625'000);
  EXPECT_EQ(m1.rows[0].price.rates.reasoning, 15 * nano_per_usd);
  EXPECT_EQ(m1.rows[1].price.tiers[0].rates.cached_input, 4 * nano_per_usd);
}

TEST(Catalogue, BoundsAnAnswerByTheModelsMaximumElseByItsContext) {
  Model model;
  EXPECT_FALSE(model.output_bound());
  model.context = Tokens{1000};
  EXPECT_EQ(model.output_bound(), Tokens{1000});
  model.max_output = Tokens{100};
  EXPECT_EQ(model.output_bound(), Tokens{100});
}

TEST(Catalogue, LetsTheConfigurationNamePrices) {
  Catalogue catalogue = loaded({over("my-finetune", 3 * nano_per_usd, 12 * nano_per_usd)});
  const Model& mine = *catalogue.find_named("my-finetune");
  EXPECT_EQ(mine.rows[0].price.rates.output, 12 * nano_per_usd);
  EXPECT_EQ(mine.rows[0].source, "configuration");
  EXPECT_EQ(price(catalogue, "host", "my-finetune").id, mine.rows[0].price.id);
}

TEST(Catalogue, PutsAPriceOfTheConfigurationOverTheOneThatShips) {
  Catalogue catalogue = loaded({over("m1", nano_per_usd, 2 * nano_per_usd), over("host/m1", 7, 8)});
  EXPECT_EQ(price(catalogue, "maker", "m1-20241120").rates.input, nano_per_usd);
  EXPECT_TRUE(price(catalogue, "maker", "m1").tiers.empty());
  EXPECT_EQ(price(catalogue, "host", "m1").rates.output, 8);
  EXPECT_EQ(catalogue.find("maker", "m1")->max_output, Tokens{100});
}

TEST(Catalogue, KeepsTheSideThatTheConfigurationDoesNotName) {
  Catalogue catalogue = loaded({over("m1", {}, 99)});
  const Price& changed = price(catalogue, "maker", "m1");
  EXPECT_EQ(changed.rates.input, 2 * nano_per_usd);
  EXPECT_EQ(changed.rates.output, 99);
  EXPECT_EQ(changed.tiers[0].rates.input, 4 * nano_per_usd);
}

TEST(Catalogue, GivesAPriceOfTheConfigurationAnIdOfItsNumbers) {
  auto id = [](std::optional<std::int64_t> input, std::optional<std::int64_t> output) {
    return loaded({over("x", input, output)}).find_named("x")->rows[0].price.id;
  };
  EXPECT_EQ(id(1, 2), id(1, 2));
  EXPECT_NE(id(1, 2), id(1, 3));
  EXPECT_NE(id(12, {}), id({}, 12));
  EXPECT_TRUE(id(1, 2).starts_with("x@config-"));
}

TEST(Catalogue, LetsTheConfigurationNameTiersAndShares) {
  PriceOverride mine = over("mine", 100, 200);
  mine.tiers.push_back({.above = 10, .rates = {.input = 300}});
  mine.services = {{ServiceTier::batch, percent(50)}};
  Catalogue catalogue = loaded({mine});
  const Price& made = catalogue.find_named("mine")->rows[0].price;
  EXPECT_EQ(made.rates_at({11}).input, 300);
  EXPECT_EQ(made.rates_at({11}).output, 200);
  EXPECT_EQ(made.of(ServiceTier::batch).rates_at({11}).input, 150);
  EXPECT_EQ(made.of(ServiceTier::batch).id, made.id + "/batch");
  mine.tiers.push_back({.above = 10, .rates = {}});
  EXPECT_FALSE(Catalogue::load(with_models(small), std::vector{mine}));
}

TEST(Catalogue, ReadsServicesAndWhatIsNoToken) {
  auto catalogue = Catalogue::load(with_models(R"({"provider":"maker","model":"w","prices":[{"id":"w@1","audio_hour":"0.36","audio_least_ms":10000,
      "services":[{"service":"flex","id":"w@1/flex","audio_hour":"0.18","tiers":[{"above":5,"input":"1"}]}]}]})"));
  ASSERT_TRUE(catalogue) << catalogue.error().detail;
  const Price& price = catalogue->find("maker", "w")->rows[0].price;
  EXPECT_EQ(price.rates.audio_hour, 360'000'000);
  EXPECT_EQ(price.rates.audio_least_ms, 10'000);
  EXPECT_EQ(price.of(ServiceTier::flex).id, "w@1/flex");
  EXPECT_EQ(price.of(ServiceTier::flex).rates.audio_hour, 180'000'000);
  for (auto broken : {R"([{"service":"flex"}])", R"([{"id":"x"}])", R"([{"service":"flex","id":"x"},{"service":"flex","id":"y"}])",
                      R"([{"service":"cheap","id":"x"}])", R"([{"service":"flex","id":"x","colour":"1"}])"})
    EXPECT_FALSE(Catalogue::load(with_models(fmt::format(R"({{"provider":"maker","model":"w","prices":[{{"id":"w@1","services":{}}}]}})", broken)))) << broken;
}

TEST(Catalogue, RefusesPricesThatCannotBeMeant) {
  std::string text = with_models(small);
  for (const auto& wrong : {over("x", -1, 1), over("", 1, 1), over("x", dearest_rate + 1, 1)})
    EXPECT_FALSE(Catalogue::load(text, std::vector{wrong}));
  EXPECT_FALSE(Catalogue::load(text, std::vector{over("x", 1, 1), over("x", 2, 2)}));
}

TEST(Catalogue, RefusesAFileThatIsWrongAndNamesTheModel) {
  for (auto broken : {R"({"provider":"p","model":"bad","prices":[]})", R"({"provider":"p","model":"bad"})",
                      R"({"provider":"p","model":"bad","prices":[{"id":"i","inputs":"1"}]})",
                      R"({"provider":"p","model":"bad","prices":[{"id":"i","input":1}]})",
                      R"({"provider":"p","model":"bad","prices":[{"id":"i","input":"-1"}]})",
                      R"({"provider":"p","model":"bad","prices":[{"input":"1"}]})",
                      R"({"provider":"p","model":"bad","prices":[{"id":"i","from":"soon"}]})",
                      R"({"provider":"p","model":"bad","prices":[{"id":"i","daily":"1-2"}]})",
                      R"({"provider":"p","model":"bad","prices":[{"id":"i","daily":"01:00-02:00"}]})",
                      R"({"provider":"p","model":"bad","prices":[{"id":"i","tiers":[{"input":"1"}]}]})",
                      R"({"provider":"p","model":"bad","prices":[{"id":"i","tiers":[{"above":9},{"above":9}]}]})",
                      R"({"provider":"p","model":"bad","context":-1,"prices":[{"id":"i"}]})",
                      R"({"provider":"p","model":"bad","colour":"red","prices":[{"id":"i"}]})"}) {
    auto catalogue = Catalogue::load(with_models(broken));
    ASSERT_FALSE(catalogue) << broken;
    EXPECT_NE(catalogue.error().detail.find("bad"), std::string::npos) << catalogue.error().detail;
  }
  EXPECT_FALSE(Catalogue::load("{}"));
  EXPECT_FALSE(Catalogue::load(R"({"format":2,"models":[]})"));
  EXPECT_FALSE(Catalogue::load("not json"));
}

class Shipped : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { catalogue = new Catalogue(std::move(*Catalogue::load(Catalogue::shipped()))); }
  static void TearDownTestSuite() { delete catalogue; }
  static Catalogue* catalogue;
  WallTime now = day("2026-11-22T12:00:00Z");
};
Catalogue* Shipped::catalogue = nullptr;

TEST_F(Shipped, HasSanePricesInEveryRow) {
  std::set<std::string> ids;
  for (const auto& model : catalogue->models())
    for (const auto& row : model.rows) {
      EXPECT_TRUE(ids.insert(row.price.id).second) << row.price.id;
      EXPECT_TRUE(row.price.id.starts_with(model.provider + "/" + model.name + "@")) << row.price.id;
      EXPECT_FALSE(row.source.empty()) << row.price.id;
      const Rates& r = row.price.rates;
      for (auto rate : {r.input, r.cached_input, r.cache_write_5m, r.cache_write_1h, r.output, r.reasoning,
                        r.audio_input, r.audio_output}) {
        EXPECT_GE(rate, 0) << row.price.id;
        EXPECT_LE(rate, 1000 * nano_per_usd) << row.price.id;
      }
      EXPECT_LE(r.cached_input, 2 * r.input) << row.price.id;
      EXPECT_LE(r.request, usd(1).nano_usd) << row.price.id;
    }
  EXPECT_GT(ids.size(), 900u);
}

TEST_F(Shipped, KnowsTheLargeProviders) {
  std::set<std::string> providers;
  for (const auto& model : catalogue->models()) providers.insert(model.provider);
  for (auto name : {"openai", "anthropic", "gemini", "mistral", "cohere", "deepseek", "xai", "groq", "together",
                    "openrouter", "perplexity", "fireworks", "cerebras", "voyage"})
    EXPECT_TRUE(providers.contains(name)) << name;
}

TEST_F(Shipped, KnowsWellKnownNames) {
  const std::pair<const char*, const char*> names[] = {
      {"openai", "gpt-4o"},
      {"openai", "gpt-4o-2024-11-20"},
      {"openai", "gpt-4o-mini-2024-07-18"},
      {"openai", "gpt-4.1"},
      {"openai", "o3-2025-04-16"},
      {"openai", "text-embedding-3-small"},
      {"azure", "gpt-4o"},
      {"anthropic", "claude-sonnet-4-20250514"},
      {"anthropic", "claude-3-5-haiku-20241022"},
      {"anthropic", "claude-sonnet-4-5"},
      {"gemini", "gemini-2.5-flash"},
      {"gemini", "models/gemini-2.5-pro"},
      {"vertex", "gemini-2.5-pro"},
      {"mistral", "mistral-large-latest"},
      {"deepseek", "deepseek-chat"},
      {"cohere", "command-r-plus"},
      {"xai", "grok-4.20"},
      {"groq", "llama-3.3-70b-versatile"},
      {"openrouter", "openai/gpt-4o"},
  };
  for (auto [provider, name] : names) {
    const Model* model = catalogue->find(provider, name);
    ASSERT_TRUE(model) << provider << " " << name;
    EXPECT_TRUE(model->output_bound()) << name;
  }
}

TEST_F(Shipped, PricesGpt4oAsItsMakerDoes) {
  Usage usage;
  usage.input = {1'000'000};
  usage.cache_read = {1'000'000};
  usage.output = {1'000'000};
  EXPECT_EQ(cost(catalogue->find("openai", "gpt-4o")->price_at(now), usage),
            cost(catalogue->find_named("gpt-4o")->price_at(now), usage));
  EXPECT_EQ(cost(catalogue->find("openai", "gpt-4o")->price_at(now), usage).nano_usd, 13'750'000'000);
}

TEST_F(Shipped, KnowsWhatIsNotPricedByTokens) {
  Usage usage;
  usage.beside = {.audio_ms = 60'000, .characters = 1'000'000, .pages = 1'000};
  auto today = day("2026-11-29T12:00:00Z");
  auto costs = [&](std::string_view provider, std::string_view name) { return cost(catalogue->find(provider, name)->price_at(today), usage); };
  EXPECT_EQ(costs("openai", "whisper-1"), Money{6'000'000});
  EXPECT_EQ(costs("openai", "tts-1"), usd(15));
  EXPECT_EQ(costs("mistral", "mistral-ocr-latest"), usd(4));
  for (auto name : {"whisper-1", "tts-1"}) EXPECT_EQ(catalogue->find("openai", name)->output_bound(), Tokens{0});
}

TEST_F(Shipped, HasThePricesOfPlacesOnBedrock) {
  auto today = day("2026-11-29T12:00:00Z");
  auto input = [&](std::string_view name) { return catalogue->find("bedrock", name)->price_at(today).rates.input; };
  EXPECT_EQ(input("global.anthropic.claude-sonnet-4-5-20250929-v1:0"), 3 * nano_per_usd);
  EXPECT_EQ(input("eu.anthropic.claude-sonnet-4-5-20250929-v1:0"), 3'300'000'000);
}

TEST_F(Shipped, HasPricesOfServices) {
  auto today = day("2026-11-29T12:00:00Z");
  const Price& price = catalogue->find("openai", "gpt-5")->price_at(today);
  EXPECT_EQ(price.rates.input, 1'250'000'000);
  EXPECT_EQ(price.of(ServiceTier::flex).rates.input, 625'000'000);
  EXPECT_EQ(price.of(ServiceTier::priority).rates.input, 2'500'000'000);
}

TEST_F(Shipped, KnowsThatPricesChange) {
  const Model& o3 = *catalogue->find("openai", "o3");
  EXPECT_EQ(o3.price_at(day("2025-06-09T23:59:59Z")).rates.output, 40 * nano_per_usd);
  EXPECT_EQ(o3.price_at(day("2025-06-10")).rates.output, 8 * nano_per_usd);
}

}  // namespace
}  // namespace tollgate
