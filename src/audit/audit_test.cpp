#include <gtest/gtest.h>

#include "audit/chain.h"
#include "audit/checkpoint.h"
#include "audit/event.h"
#include "audit/stranger_bound.h"
#include "json/document.h"

namespace tollgate {
namespace {

constexpr WallTime noon{1'800'000'000'000'000'000};  // 2027-01-15T08:00:00Z

RequestRow row() {
  RequestRow row;
  row.id = {1, 2};
  row.at = noon;
  row.finished_at = noon + milliseconds(750);
  row.key = "search-dev";
  row.attribution = {.team = "search", .user = "alice", .feature = "autocomplete", .tags = {{"env", "dev"}}};
  row.route = "fast";
  row.endpoint = "/v1/chat/completions";
  row.dialect = "openai_chat";
  row.provider = "openai";
  row.model = "gpt-4o";
  row.status = RowStatus::ok;
  row.http_status = 200;
  row.usage.input = {100};
  row.usage.output = {20};
  row.cost = {1'234};
  row.duration_ms = 750;
  return row;
}

crypto::Key key_of(char fill) { return *crypto::Key::from_bytes(std::string(crypto::key_size, fill)); }

// A chain of three lines.
struct Chain {
  std::vector<std::string> lines;
  std::vector<ChainHead> heads;
  Chain() {
    ChainHead head;
    for (int number = 1; number <= 3; ++number) {
      std::string line;
      chain_line(line, head, {.at = noon}, R"({"kind":"request","id":"req_1"})", nullptr);
      line.pop_back();
      lines.push_back(line);
      heads.push_back(head);
    }
  }
};

TEST(AuditEvent, TellsARequestInAStableOrderWithoutAnythingThatNamesAPerson) {
  const RequestRow request = row();
  const AuditDecision decision{.by = "limit", .name = "team-month", .said = "allowed"};
  AttemptRow attempt;
  attempt.provider = "openai";
  attempt.model = "gpt-4o";
  attempt.key = "main";
  attempt.phase = AttemptPhase::done;
  attempt.http_status = 200;
  attempt.duration_ms = 700;
  EncodedEvent event;
  encode(AuditRequest{.row = request,
                      .attempts = std::span(&attempt, 1),
                      .decisions = std::span(&decision, 1),
                      .cache_keep = seconds(60),
                      .bytes_in = 900,
                      .bytes_out = 300,
                      .config = "7"},
         event);
  EXPECT_EQ(event.members,
            R"({"kind":"request","id":"req_0000000000000g000000000002","admitted_at":"2027-01-15T08:00:00.000Z","key":"search-dev",)"
            R"("team":"search","feature":"autocomplete","route":"fast","endpoint":"/v1/chat/completions","dialect":"openai_chat",)"
            R"("stream":false,"provider":"openai","model":"gpt-4o","attempts":[{"provider":"openai","model":"gpt-4o","credential":"main",)"
            R"("phase":"done","http_status":200,"duration_ms":700}],"decisions":[{"by":"limit","name":"team-month","said":"allowed"}],)"
            R"("status":"ok","http_status":200,"input_tokens":100,"output_tokens":20,"usage_source":"provider","cost_nano_usd":1234,)"
            R"("cache":"off","cache_keep_ms":60000,"bytes_in":900,"bytes_out":300,"duration_ms":750,"config":"7"})");
  EXPECT_EQ(event.owner, "alice");
  EXPECT_EQ(event.personal, R"({"user":"alice","tags":{"env":"dev"}})");
  EXPECT_EQ(event.at, request.finished_at);
}

TEST(AuditEvent, FindsWhatWasAskedByItsFingerprintOnly) {
  const crypto::HmacKey key(key_of('f')), other(key_of('g'));
  EXPECT_EQ(fingerprint(key, "the body"), fingerprint(key, "the body"));
  EXPECT_NE(fingerprint(key, "the body"), fingerprint(key, "The body"));
  EXPECT_NE(fingerprint(key, "the body"), fingerprint(other, "the body"));
  const RequestRow request = row();
  EncodedEvent event;
  encode(AuditRequest{.row = request, .asked = fingerprint(key, "the body")}, event);
  EXPECT_EQ(event.members.find("the body"), std::string::npos);
  EXPECT_NE(event.members.find("\"asked\":\""), std::string::npos);
}

TEST(AuditEvent, KeepsWhoMadeAChangeApartAndCutsLongTexts) {
  const std::string before(max_audit_text + 100, 'x');
  EncodedEvent event;
  encode(AuditChange{.at = noon, .actor = "finance", .person = "carol@example.com", .role = "admin", .action = "keys.revoke",
                     .object = "search-dev", .before = before, .after = "line\nbreak"},
         event);
  EXPECT_EQ(event.members.find("carol"), std::string::npos);
  EXPECT_EQ(event.personal, R"({"person":"carol@example.com"})");
  auto document = json::Document::parse(event.members);
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ(document->root()["before"].string()->size(), max_audit_text + std::string_view("…").size());
  EXPECT_EQ(document->root()["after"].string(), "line\nbreak");
  EXPECT_EQ(document->root()["outcome"].string(), "done");
}

TEST(AuditLine, IsOneJsonObjectThatIsReadBackByItsEnds) {
  std::string out;
  const AuditPersonal personal{.person = 0xAB, .sealed = "c2VhbGVk"};
  const crypto::Digest hash = append_audit_line(out, {.seq = 7, .durable = 5, .at = noon, .up_ms = 12},
                                                R"({"kind":"request","id":"req_1"})", &personal, {});
  ASSERT_TRUE(out.ends_with('\n'));
  out.pop_back();
  EXPECT_TRUE(out.starts_with(R"({"v":1,"seq":7,"durable":5,"at":"2027-01-15T08:00:00.000Z","up_ms":12,"kind":"request","id":"req_1",)"
                              R"("personal":{"person":"00000000000000ab","sealed":"c2VhbGVk"},"prev":"0000)"));
  EXPECT_TRUE(json::Document::parse(out).has_value());
  auto view = read_audit_line(out);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->seq, 7u);
  EXPECT_EQ(view->durable, 5u);
  EXPECT_EQ(view->kind, "request");
  EXPECT_EQ(hash_of(*view), hash);
  EXPECT_FALSE(read_audit_line(out.substr(1)));
  EXPECT_FALSE(read_audit_line("{}"));
  EXPECT_FALSE(read_audit_line(""));
}

// The hash is over known bytes: whoever writes a verifier of their own finds the same.
TEST(AuditLine, HashesTheDomainAndEveryByteBeforeTheHash) {
  std::string out;
  const crypto::Digest hash = append_audit_line(out, {.seq = 1, .at = noon}, R"({"kind":"log","event":"start"})", nullptr, {});
  const std::string covered = out.substr(0, out.find(",\"hash\":"));
  EXPECT_EQ(hash, crypto::sha256("tollgate audit line 1\n" + covered));
}

TEST(AuditChain, AcceptsWhatWasChainedAndNothingElse) {
  Chain chain;
  ChainChecker checker;
  for (const std::string& line : chain.lines) EXPECT_FALSE(checker.line(line));
  EXPECT_EQ(checker.head(), chain.heads[2]);
  EXPECT_FALSE(checker.finish());

  std::string changed = chain.lines[0];
  changed[changed.find("req_1") + 4] = '2';
  EXPECT_EQ(ChainChecker().line(changed)->fault, ChainFault::changed);
  EXPECT_EQ(ChainChecker().line("")->fault, ChainFault::not_a_line);
  EXPECT_EQ(ChainChecker().line(chain.lines[1])->fault, ChainFault::missing);
  ChainChecker twice;
  EXPECT_FALSE(twice.line(chain.lines[0]));
  EXPECT_EQ(twice.line(chain.lines[0])->fault, ChainFault::repeated);
  ChainHead other = chain.heads[0];
  other.hash[0] ^= 1;
  EXPECT_EQ(ChainChecker(other).line(chain.lines[1])->fault, ChainFault::unlinked);
}

TEST(AuditChain, MissesAPointThatWasSigned) {
  Chain chain;
  ChainHead signed_head = chain.heads[1];
  ChainChecker cut({}, {{signed_head, "the checkpoint"}});
  EXPECT_FALSE(cut.line(chain.lines[0]));
  EXPECT_EQ(cut.finish()->fault, ChainFault::cut);
  EXPECT_FALSE(cut.line(chain.lines[1]));
  EXPECT_FALSE(cut.finish());
  signed_head.hash[5] ^= 1;
  ChainChecker forged({}, {{signed_head, "the checkpoint"}});
  EXPECT_FALSE(forged.line(chain.lines[0]));
  EXPECT_EQ(forged.line(chain.lines[1])->fault, ChainFault::forged);
}

TEST(AuditCheckpoint, IsReadBackOnlyAsItWasSigned) {
  const crypto::SigningKey signing(key_of('s')), other(key_of('o'));
  const ChainHead head{.seq = 10'000, .hash = crypto::sha256("head")};
  const std::string text = sign_head(signing, SignedHeadKind::checkpoint, head, noon);
  EXPECT_TRUE(text.starts_with("tollgate audit checkpoint 1\nseq 10000\nhash "));
  const std::array keys{other.public_key(), signing.public_key()};
  auto read = read_signed_head(text, SignedHeadKind::checkpoint, keys);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->head, head);
  EXPECT_EQ(read->at, noon);
  EXPECT_EQ(read->key, audit_key_id(signing.public_key()));
  EXPECT_FALSE(read_signed_head(text, SignedHeadKind::anchor, keys));
  EXPECT_FALSE(read_signed_head(text, SignedHeadKind::checkpoint, std::span(keys).first(1))) << "an unknown key";
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] ^= 1;
    EXPECT_FALSE(read_signed_head(changed, SignedHeadKind::checkpoint, keys)) << "byte " << at;
  }
}

TEST(StrangerBound, TellsAFewAtOnceThenOneEachTimeAndCountsTheRest) {
  StrangerBound bound;
  const Instant begin{1'000'000'000};
  for (int i = 0; i < strangers_at_once; ++i) EXPECT_EQ(bound.take(begin), 0u);
  EXPECT_EQ(bound.take(begin), std::nullopt);
  EXPECT_EQ(bound.take(begin), std::nullopt);
  EXPECT_EQ(bound.take(begin + stranger_each), 2u);
  EXPECT_EQ(bound.take(begin + stranger_each), std::nullopt);
}

TEST(AuditEvent, SealsWhereAStrangerCameFrom) {
  EncodedEvent event;
  encode(AuditStranger{.door = "admin", .reason = "invalid_api_key", .http_status = 401, .peer = "192.0.2.1", .untold = 3}, event);
  EXPECT_EQ(event.members, R"({"kind":"stranger","door":"admin","reason":"invalid_api_key","http_status":401,"untold":3})");
  EXPECT_EQ(event.personal, R"({"peer":"192.0.2.1"})");
  EXPECT_TRUE(event.owner.empty());
}

}  // namespace
}  // namespace tollgate
