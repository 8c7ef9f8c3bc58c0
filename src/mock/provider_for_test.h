#pragma once
// A provider on pipes in virtual time, and one question at a time to it.

#include <gtest/gtest.h>

#include "json/document.h"
#include "mock/client_for_test.h"
#include "mock/pipe_for_test.h"
#include "mock/provider.h"

namespace tollgate::mock {

class ProviderForTest {
 public:
  explicit ProviderForTest(std::string_view script = "{}")
      : provider(*read_script(script), [this](const BillLine& line) { append_bill_line(bill_lines, line); }) {
    Reactor::Turn turn(reactor);
    tasks.spawn(provider.run(listener));
  }
  ~ProviderForTest() {
    {
      Reactor::Turn turn(reactor);
      tasks.spawn(provider.stop());
    }
    reactor.run_until([&] { return tasks.size() == 0; });
  }

  // Sends the request on a connection of its own and hangs up when its answer is there, or after `patience`.
  Answer ask(std::string request, Duration patience = seconds(100)) {
    Answer answer;
    {
      Reactor::Turn turn(reactor);
      clients.spawn(mock::ask(listener.connect(), std::move(request), {time.at + patience}, answer));
    }
    reactor.run_until([&] { return clients.size() == 0 && provider.connections() == 0; });
    return answer;
  }

  VirtualTime time;
  SeededRandom random{1};
  Reactor reactor{time, random, time};
  PipeListener listener;
  std::string bill_lines;
  MockProvider provider;
  TaskGroup tasks, clients;
};

inline json::Document parsed(std::string_view text) {
  auto document = json::Document::parse(text);
  EXPECT_TRUE(document.has_value()) << text;
  return document ? std::move(*document) : std::move(*json::Document::parse("null"));
}

// The text of a member of a JSON text, by its pointer.
inline std::string text_at(std::string_view text, std::string_view pointer) {
  return std::string(parsed(text).root().at(pointer).string().value_or("(none)"));
}
inline std::int64_t number_at(std::string_view text, std::string_view pointer) {
  return parsed(text).root().at(pointer).integer().value_or(-1);
}

// All content of a stream's first choice, put together.
inline std::string content_of(const Answer& answer) {
  std::string out;
  for (const std::string& event : answer.events())
    if (event != "[DONE]") out += parsed(event).root().at("/choices/0/delta/content").string().value_or("");
  return out;
}

}  // namespace tollgate::mock
