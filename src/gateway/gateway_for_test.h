#pragma once
// The gateway between a caller and providers that a test scripts, in virtual time, without sockets.
//
//   GatewayForTest t;
//   t.provider.answers({t.overloaded(), t.plain()});
//   auto& call = t.ask();
//   call.error, call.text(), t.ledger.rows, …

#include <deque>
#include <optional>

#include "async/virtual_time_for_test.h"
#include "gateway/audit_sink_for_test.h"
#include "gateway/ledger_for_test.h"
#include "gateway/pipeline.h"
#include "gateway/snapshot_for_test.h"

namespace tollgate {

struct IncomingForTest final : Incoming {
  std::vector<std::pair<std::string, std::string>> headers{{"authorization", "Bearer sk-dev"},
                                                           {"content-type", "application/json"}};
  std::string text;
  std::optional<Error> body_error;
  Cancellation left;
  std::optional<Duration> announced;  // the longest silence of the stream that comes

  std::size_t header_count() const override { return headers.size(); }
  HeaderView header(std::size_t i) const override { return {headers[i].first, headers[i].second}; }
  std::string_view query() const override { return {}; }
  PeerAddress peer() const override { return {IpAddress::v4(10, 0, 0, 7), 1}; }
  Cancellation& gone() override { return left; }
  void stream_comes(Duration silence) override { announced = silence; }
  Task<Result<std::string_view>> body() override {
    if (body_error) co_return fail(*body_error);
    co_return std::string_view(text);
  }
};

// What a provider does with one call.
struct Script {
  std::optional<Error> error{};            // instead of an answer
  AttemptPhase phase = AttemptPhase::connect;  // how far it came then
  bool is_silent = false;                  // neither answer nor error
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers{};
  std::vector<std::string> pieces{};       // of the body
  Duration between{};                      // before each piece
  std::optional<Error> ends_with{};        // after the pieces, instead of an orderly end
  bool stalls = false;                     // after the pieces, for ever
};

struct ProviderForTest : Provider {
  struct Called {
    std::string provider, key, path, body;
    std::vector<std::pair<std::string, std::string>> headers;
  };
  std::deque<Script> scripts;  // one for each call to come
  std::vector<Called> calls;
  int answers_open = 0;

  void answers(std::vector<Script> coming) { scripts.assign(coming.begin(), coming.end()); }

  class Answer final : public ProviderAnswer {
   public:
    Answer(ProviderForTest& provider, Script script) : provider_(provider), script_(std::move(script)) {
      ++provider_.answers_open;
    }
    ~Answer() override { --provider_.answers_open; }
    int status() const override { return script_.status; }
    std::size_t header_count() const override { return script_.headers.size(); }
    HeaderView header(std::size_t i) const override { return {script_.headers[i].first, script_.headers[i].second}; }

    Task<Result<std::string_view>> next(Wait wait) override {
      if (at_ == script_.pieces.size()) {
        if (script_.stalls) co_return fail(woken_early(co_await sleep(wait)));
        if (script_.ends_with) co_return fail(*script_.ends_with);
        co_return std::string_view{};
      }
      Instant due = Reactor::current().now() + script_.between;
      if (script_.between > Duration(0)) {
        Wake wake = co_await sleep(wait.at_most(due));
        if (wake == Wake::cancelled || due > wait.until) co_return fail(woken_early(wake));
      }
      given_ = std::move(script_.pieces[at_++]);
      co_return std::string_view(given_);
    }
    Task<Result<std::string_view>> whole(std::size_t, Wait wait, Duration) override {
      for (;;) {
        TG_CO_TRY(piece, co_await next(wait));
        if (piece.empty()) co_return std::string_view(all_);
        all_ += piece;
      }
    }

   private:
    ProviderForTest& provider_;
    Script script_;
    std::size_t at_ = 0;
    std::string given_;  // only the last piece is valid
    std::string all_;
  };

  Task<Result<std::unique_ptr<ProviderAnswer>>> ask(const ProviderCall& call, CallWaits waits,
                                                    AttemptPhase& phase) override {
    Called& called = calls.emplace_back();
    called.provider = call.target.provider;
    if (call.key != nullptr) called.key = call.key->name;
    called.path = call.path;
    for (auto part : call.body) called.body += part;
    for (auto& header : call.headers) called.headers.emplace_back(header.name, header.value);
    if (scripts.empty()) co_return fail(Fault::internal, "nobody said what this provider does");
    Script script = std::move(scripts.front());
    scripts.pop_front();
    phase = script.phase;
    if (script.is_silent) {
      phase = AttemptPhase::first_byte;
      co_return fail(woken_early(co_await sleep(waits.head)));
    }
    if (script.error) co_return fail(*script.error);
    phase = AttemptPhase::first_token;
    std::unique_ptr<ProviderAnswer> answer(new Answer(*this, std::move(script)));
    co_return std::move(answer);
  }
};

struct ReaderForTest final : RecordReader {
  int rows = 0;
  std::vector<std::string> limits;
  void recorded(const RequestRow&, std::span<const AttemptRow>) override { ++rows; }
  void limit_rejected(std::string_view limit) override { limits.emplace_back(limit); }
};

// One caller's request and what it got.
struct CallForTest {
  IncomingForTest incoming;
  Door door{.dialect = &openai_chat::dialect(), .endpoint = "/v1/chat/completions"};
  std::optional<Error> error;           // instead of an answer
  std::optional<Error> ended_with;      // after some of it
  std::vector<std::string> pieces;
  std::vector<std::size_t> rows_before;  // rows in the ledger as each piece came
  std::size_t leaves_after = SIZE_MAX;  // pieces
  std::string upstream_id, told_provider;  // as the answer's head has them
  bool over = false;

  std::string text() const {
    std::string all;
    for (auto& piece : pieces) all += piece;
    return all;
  }
};

struct GatewayForTest {
  VirtualLoop loop;
  Counters counters{1};
  SnapshotForTest setup{counters};
  LedgerForTest ledger;
  AuditForTest audit;  // used when `worker.audit` points at it
  ProviderForTest provider;
  ReaderForTest reader;
  Worker worker{loop.reactor, provider, ledger, 1};
  std::deque<CallForTest> calls;

  GatewayForTest() { worker.readers.push_back(&reader); }
  ~GatewayForTest() {
    for (auto& call : calls) call.incoming.left.cancel();
    worker.background.cancellation().cancel();
    loop.pass(seconds(20));
  }

  static std::string body(std::string_view more = {}) {
    return R"({"model":"m","messages":[{"role":"user","content":"hello"}],"max_tokens":100)" + std::string(more) + "}";
  }
  CallForTest& prepare(std::string_view more = {}) {
    CallForTest& call = calls.emplace_back();
    call.incoming.text = body(more);
    return call;
  }
  // Begins, and goes as far as it can without time passing.
  void begin(CallForTest& call) {
    worker.snapshot.publish(setup.snapshot);
    loop.spawn(run(call));
    loop.settle();
  }
  // A call to its end.
  CallForTest& ask(std::string_view more = {}) {
    CallForTest& call = prepare(more);
    begin(call);
    loop.pass(seconds(300));
    return call;
  }
  CallForTest& stream(std::string_view more = {}) { return ask(R"(,"stream":true)" + std::string(more)); }

  // What the only limit says.
  LimitState limit() {
    std::string team = "search";
    return states_for(*setup.snapshot->limits, {.key = "dev", .team = team, .user = "alice", .model = "m", .provider = "first"},
                      loop.time.wall())
        .at(0);
  }

  static Script plain(std::string_view text = "Hi", std::string_view usage = R"({"prompt_tokens":10,"completion_tokens":5})") {
    Script script;
    script.pieces = {R"({"id":"1","choices":[{"index":0,"message":{"role":"assistant","content":")" + std::string(text) +
                     R"("},"finish_reason":"stop"}],"usage":)" + std::string(usage) + "}"};
    return script;
  }
  static Script refusal(int status, std::string_view text = "{}") {
    Script script;
    script.status = status;
    script.pieces = {std::string(text)};
    return script;
  }
  static Script streamed(std::vector<std::string> pieces) {
    Script script;
    script.headers = {{"content-type", "text/event-stream"}};
    script.pieces = std::move(pieces);
    return script;
  }
  static Script broken(AttemptPhase phase) {
    Script script;
    script.phase = phase;
    script.error = Error{.fault = Fault::upstream_unreachable, .retry = Retry::next_target, .detail = "broken"};
    return script;
  }

 private:
  Task<void> run(CallForTest& call) {
    Pipeline pipeline(worker);
    auto exchange = pipeline.open(call.incoming, call.door);
    auto answer = co_await pipeline.run(*exchange);
    call.upstream_id = exchange->shown->upstream_request_id;
    call.told_provider = exchange->row.provider;
    if (!answer) {
      call.error = std::move(answer).error();
    } else if (answer->stream == nullptr) {
      call.rows_before.push_back(ledger.rows.size());
      call.pieces.emplace_back(answer->whole);
    } else {
      co_await read(call, *answer->stream);
    }
    call.over = true;
  }
  Task<void> read(CallForTest& call, StreamedAnswer& stream) {
    while (!stream.last() && call.pieces.size() < call.leaves_after) {
      auto piece = co_await stream.next();
      if (!piece) {
        call.ended_with = std::move(piece).error();
        co_return;
      }
      call.rows_before.push_back(ledger.rows.size());
      call.pieces.emplace_back(*piece);
    }
  }
};

// Events of a stream.
inline std::string event(std::string_view data) { return "data: " + std::string(data) + "\n\n"; }
inline std::string role_event() { return event(R"({"choices":[{"index":0,"delta":{"role":"assistant"}}]})"); }
inline std::string content_event(std::string_view text) {
  return event(R"({"choices":[{"index":0,"delta":{"content":")" + std::string(text) + R"("}}]})");
}
inline std::string finish_event() { return event(R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})"); }
inline std::string usage_event() { return event(R"({"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5}})"); }
inline std::string done_event() { return event("[DONE]"); }

}  // namespace tollgate
