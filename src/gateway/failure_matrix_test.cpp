// What a caller sees, how often providers are asked, and what the ledger says, for each failure of a provider: tests/matrix/failures.txt, a line
// for each failure, kind of call and policy; every front dialect must come to the same. In virtual time.
//
//   policy    retry: one target, one further attempt; fallback: two targets, one further attempt; both: two targets, two; none: one target, none
//   asked     calls that providers got; the first one fails as said, the others answer
//   client    ok, cut (an error behind some content), or the code of the error
//   row       status of the request's row
//   cost      answer: of the whole answer; part: of what came of it; input: of what was sent, the answer was lost; nothing

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "dialects/all.h"
#include "dialects/door.h"
#include "gateway/gateway_for_test.h"

namespace tollgate {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view failures[] = {"refused", "reset",     "429",          "quota",       "500",   "503",
                                         "529",     "in_band",   "cut",          "stall",       "json",  "html"};
constexpr std::string_view policies[] = {"retry", "fallback", "both", "none"};

struct Front {
  std::string_view name, path, plain, stream;
};
constexpr Front fronts[] = {
    {"chat", "/v1/chat/completions", R"({"model":"m","messages":[{"role":"user","content":"hello"}],"max_tokens":100})",
     R"({"model":"m","messages":[{"role":"user","content":"hello"}],"max_tokens":100,"stream":true})"},
    {"messages", "/v1/messages", R"({"model":"m","messages":[{"role":"user","content":"hello"}],"max_tokens":100})",
     R"({"model":"m","messages":[{"role":"user","content":"hello"}],"max_tokens":100,"stream":true})"},
    {"responses", "/v1/responses", R"({"model":"m","input":"hello","max_output_tokens":100})", R"({"model":"m","input":"hello","max_output_tokens":100,"stream":true})"},
    {"gemini", "/v1beta/models/m:generateContent", R"({"contents":[{"role":"user","parts":[{"text":"hello"}]}],"generationConfig":{"maxOutputTokens":100}})",
     R"({"contents":[{"role":"user","parts":[{"text":"hello"}]}],"generationConfig":{"maxOutputTokens":100}})"},
};

Script good(bool stream) {
  if (!stream) return GatewayForTest::plain();
  return GatewayForTest::streamed({role_event(), content_event("Hi"), finish_event(), usage_event(), done_event()});
}

Script failing(std::string_view how, bool stream) {
  using G = GatewayForTest;
  constexpr std::string_view overloaded = R"({"error":{"message":"overloaded","type":"server_error","code":"server_overloaded"}})";
  if (how == "refused") return G::broken(AttemptPhase::connect);
  if (how == "reset") return G::broken(AttemptPhase::first_byte);
  if (how == "quota") return G::refusal(429, R"({"error":{"message":"no money","type":"insufficient_quota","code":"insufficient_quota"}})");
  if (how == "429" || how == "500" || how == "503" || how == "529") return G::refusal(std::atoi(std::string(how).c_str()));
  if (how == "in_band") return stream ? G::streamed({event(overloaded)}) : G::refusal(200, overloaded);
  if (how == "json") return stream ? G::streamed({"data: {nope\n\n"}) : G::refusal(200, "{nope");
  if (how == "html") {
    Script script = G::refusal(200, "<html>");
    script.headers = {{"content-type", "text/html"}};
    return script;
  }
  if (how == "stall") {
    Script script;
    script.is_silent = true;
    return script;
  }
  Script script = stream ? G::streamed({role_event(), content_event("Hi")}) : G::refusal(200, R"({"id":"1","choi)");
  script.ends_with = Error{.fault = Fault::upstream_truncated, .retry = Retry::next_target, .detail = "broke off"};
  return script;
}

// In words, since dialects have bodies of different lengths.
std::string_view cost_of(const RequestRow& row) {
  if (row.cost.nano_usd == 0) return "nothing";
  if (row.status == RowStatus::ok) return row.cost.nano_usd == 10 * 1'000 + 5 * 2'000 ? "answer" : "WRONG";
  bool adds_up = row.cost.nano_usd == row.usage.input.count * 1'000 + row.usage.output.count * 2'000;
  if (!adds_up || row.usage_source != UsageSource::estimated) return "WRONG";
  return row.usage.output.count > 0 ? "part" : "input";
}

std::string outcome(const Front& front, std::string_view failure, bool stream, std::string_view policy) {
  GatewayForTest t;
  t.setup.asked->fallback.clear();
  bool two = policy == "fallback" || policy == "both";
  t.setup.asked->retry.attempts = policy == "none" ? 0 : policy == "both" ? 2 : 1;
  if (!two) t.setup.asked->targets = {t.setup.targets[0]};
  t.provider.answers({failing(failure, stream), good(stream), good(stream)});
  CallForTest& call = t.prepare();
  std::string path(front.path);
  std::string_view query;
  if (stream && front.name == "gemini") {
    path = "/v1beta/models/m:streamGenerateContent";
    query = "alt=sse";
  }
  call.door = *find_door(path, query);
  call.incoming.text = stream ? front.stream : front.plain;
  t.begin(call);
  t.loop.pass(seconds(300));
  const RequestRow& row = t.ledger.rows.at(0);
  std::string client = call.error ? std::string(call.error->client_code()) : row.status == RowStatus::incomplete ? "cut" : "ok";
  EXPECT_EQ(t.ledger.rows.size(), 1U);
  EXPECT_EQ(t.ledger.open, 0);
  EXPECT_EQ(t.ledger.attempts.size(), t.provider.calls.size()) << "an attempt row for each call";
  EXPECT_EQ(row.attempts, static_cast<int>(t.ledger.attempts.size()));
  return fmt::format("asked {} client {} row {} cost {}", t.provider.calls.size(), client, to_string(row.status), cost_of(row));
}

using Table = std::map<std::string, std::string>;

Table read_table() {
  std::ifstream file(TOLLGATE_FAILURE_MATRIX);
  Table table;
  for (std::string line; std::getline(file, line);) {
    std::size_t mark = line.find(" | ");
    if (!line.starts_with('#') && mark != std::string::npos) table[line.substr(0, mark)] = line.substr(mark + 3);
  }
  return table;
}

TEST(FailureMatrix, EveryDialectComesToWhatTheTableSays) {
  Table table = read_table();
  const char* write_to = std::getenv("TOLLGATE_WRITE_FAILURE_MATRIX");
  std::ostringstream written;
  for (std::string_view failure : failures)
    for (bool stream : {false, true})
      for (std::string_view policy : policies) {
        std::string cell = fmt::format("{} {} {}", failure, stream ? "stream" : "plain", policy);
        if (write_to != nullptr) written << cell << " | " << outcome(fronts[0], failure, stream, policy) << '\n';
        for (const Front& front : fronts) EXPECT_EQ(outcome(front, failure, stream, policy), table[cell]) << cell << " of " << front.name;
      }
  if (write_to != nullptr) std::ofstream(write_to) << written.str();
  EXPECT_EQ(table.size(), std::size(failures) * 2 * std::size(policies));
}

}  // namespace
}  // namespace tollgate
