#pragma once
// One gateway as callers and providers see it:
//
//   Story s;
//   FarEnd client = s.client(s.chat());          // a caller, and what it said
//   s.provider(0).take();                        // what the first provider's connection heard
//   s.answer(0, json_answer("Hi"));              // and says
//   client.take();                               // what the caller got
//
// Connections are numbered in the order in which the gateway opened them, whatever the provider.

#include "api/model_port.h"
#include "async/virtual_time_for_test.h"
#include "gateway/ledger_for_test.h"
#include "gateway/snapshot_for_test.h"
#include "net/http_server.h"
#include "ports/network_for_test.h"
#include "providers/http_provider.h"
#include "providers/upstream.h"

namespace tollgate {

struct Story {
  VirtualLoop loop;
  Counters counters{1};
  SnapshotForTest setup{counters};
  LedgerForTest ledger;
  MemoryBudget memory{16 << 20};
  TestDialer dialer;
  HttpProvider http{dialer, memory};
  Worker worker{loop.reactor, http, ledger, 1};
  KeyTotals totals;
  Result<void> readiness;
  ModelPort port{{.worker = worker,
                  .totals = totals,
                  .ready = [this] { return readiness; },
                  .row_json = [](RequestId, std::string_view) { return std::optional<std::string>(); }}};
  TestListener listener;
  http::Server server{port, memory, {}};

  Story() {
    auto upstreams = std::make_shared<std::vector<Upstream>>(setup.targets.size());
    for (std::size_t i = 0; i < setup.targets.size(); ++i) {
      const std::string& name = setup.targets[i]->provider;
      Upstream& upstream = (*upstreams)[i];
      upstream.name = upstream.origin.host = upstream.authority = name;
      upstream.origin.tls = false;
      upstream.origin_id = i;
      upstream.base_path = "/v1";
      setup.targets[i]->upstream = &upstream;
    }
    setup.snapshot->upstreams = upstreams;
    worker.snapshot.publish(setup.snapshot);
    loop.spawn(server.run(listener));
    loop.settle();
  }
  ~Story() {
    loop.spawn(server.drain(loop.now()));
    loop.pass(seconds(300));
  }

  // A request on the wire.
  static std::string chat(std::string_view more = {}, std::string_view key = "sk-dev", std::string_view fields = {}) {
    std::string body = R"({"model":"m","messages":[{"role":"user","content":"hello"}],"max_tokens":100)" + std::string(more) + "}";
    return "POST /v1/chat/completions HTTP/1.1\r\nhost: h\r\nauthorization: Bearer " + std::string(key) +
           "\r\ncontent-type: application/json\r\n" + std::string(fields) +
           "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  static std::string stream() { return chat(R"(,"stream":true)"); }
  static std::string get(std::string_view path, std::string_view key = "sk-dev") {
    return "GET " + std::string(path) + " HTTP/1.1\r\nhost: h\r\nauthorization: Bearer " + std::string(key) + "\r\n\r\n";
  }

  FarEnd client(std::string_view says) {
    FarEnd far = listener.connect();
    loop.settle();
    say(far, says);
    return far;
  }
  void say(FarEnd& far, std::string_view bytes) {
    far.say(bytes);
    loop.settle();
  }
  FarEnd& provider(std::size_t connection) { return dialer.calls.at(connection); }
  void answer(std::size_t connection, std::string_view bytes) {
    provider(connection).take();
    say(provider(connection), bytes);
  }
  const RequestRow& row() { return ledger.rows.at(0); }
};

// What providers say.
inline std::string http_answer(std::string_view status, std::string_view body, std::string_view type = "application/json") {
  return "HTTP/1.1 " + std::string(status) + "\r\ncontent-type: " + std::string(type) +
         "\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}
inline std::string json_answer(std::string_view text) {
  return http_answer("200 OK", R"({"choices":[{"index":0,"message":{"role":"assistant","content":")" + std::string(text) +
                                   R"("},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":5}})");
}
inline std::string chunk(std::string_view bytes) {
  char size[20];
  std::snprintf(size, sizeof size, "%zX\r\n", bytes.size());
  return size + std::string(bytes) + "\r\n";
}
inline const std::string stream_head =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
inline const std::string stream_end = "0\r\n\r\n";
inline std::string content(std::string_view text) {
  return R"(data: {"choices":[{"index":0,"delta":{"content":")" + std::string(text) + "\"}}]}\n\n";
}
inline const std::string finished = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
inline const std::string done = "data: [DONE]\n\n";

// What a caller got.
inline std::string status_of(const std::string& answer) { return answer.substr(0, answer.find("\r\n")); }
inline std::string body_of(const std::string& answer) {
  auto end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "" : answer.substr(end + 4);
}
inline std::string field_of(const std::string& answer, std::string_view name) {
  std::string start = "\r\n" + std::string(name) + ": ";
  auto at = answer.find(start);
  if (at == std::string::npos) return "";
  at += start.size();
  return answer.substr(at, answer.find("\r\n", at) - at);
}
inline bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace tollgate
