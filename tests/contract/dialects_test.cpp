// Every dialect of the shelf: what one writes it reads again, whole and streamed, however the bytes are cut; what every pair of them
// hands on stays what it was; a stream without its end is no answer.

#include <gtest/gtest.h>

#include <map>

#include "dialects/all.h"
#include "dialects/any_framer.h"
#include "dialects/door.h"
#include "json/scan.h"

namespace tollgate {
namespace {

constexpr std::string_view arguments = R"({"city":"Zürich","days":[1,2]})";
const RequestId id{1, 2};

std::string_view front_of(std::string_view dialect) {
  if (dialect == "gemini") return "/v1beta";
  return dialect == "openai_chat" || dialect == "openai_responses" ? "/v1" : "";
}

// As a caller would name it, without its query. The door's views point into it.
std::string path_of(const Dialect& dialect, const WrittenRequest& written) {
  return std::string(front_of(dialect.name())) + written.path.substr(0, written.path.find('?'));
}

Message said(Role role, std::string text) { return {.role = role, .parts = {{Text{.text = std::move(text)}}}, .name = {}}; }

// A conversation with two tool calls at once and their results.
ChatRequest conversation() {
  ChatRequest request{.dialect = "contract", .model = "m"};
  request.messages = {said(Role::system, "Be brief."), said(Role::user, "Grüße 你好 \"quoted\" 🎈")};
  ToolCall first{.id = "call_a1", .name = "weather", .arguments = std::string(arguments)};
  ToolCall second{.id = "call_b2", .name = "clock", .arguments = "{}"};
  request.messages.push_back({.role = Role::assistant, .parts = {{Text{.text = "Let me look."}}, {first}, {second}}, .name = {}});
  ToolResult sunny{.call_id = "call_a1", .name = "weather", .content = {{Text{.text = "sunny"}}}};
  ToolResult noon{.call_id = "call_b2", .name = "clock", .content = {{Text{.text = "noon"}}}};
  request.messages.push_back({.role = Role::tool, .parts = {{sunny}, {noon}}, .name = {}});
  request.messages.push_back(said(Role::user, "Thanks"));
  request.tools = {{.name = "weather", .description = "The weather", .parameters = R"({"type":"object","properties":{"city":{"type":"string"}}})"},
                   {.name = "clock", .description = "The time", .parameters = R"({"type":"object","properties":{}})"}};
  request.max_output = 100;
  return request;
}

// What a request says, in words that do not depend on how messages were grouped or calls were named.
std::string story_of(const ChatRequest& request) {
  std::string out;
  std::map<std::string, std::string> names;
  for (const Message& message : request.messages) {
    for (const Part& part : message.parts) {
      if (const auto* text = part.as<Text>(); text != nullptr && !text->text.empty()) out += "text " + text->text + "\n";
      if (const auto* call = part.as<ToolCall>()) {
        names[call->id] = call->name;
        out += "call " + call->name + " " + call->arguments + "\n";
      }
      if (const auto* result = part.as<ToolResult>()) {
        out += "result of " + (names.contains(result->call_id) ? names[result->call_id] : result->name) + ":";
        for (const Part& inner : result->content)
          if (const auto* text = inner.as<Text>()) out += " " + text->text;
        out += "\n";
      }
    }
  }
  for (const Tool& tool : request.tools) out += "tool " + tool.name + ": " + tool.description + "\n";
  if (request.max_output) out += "max " + std::to_string(*request.max_output) + "\n";
  return out;
}

ChatResponse answer() {
  ChatResponse response{.dialect = "contract", .id = "r1", .model = "m", .created = 1'700'000'000};
  ToolCall call{.id = "call_a1", .name = "weather", .arguments = std::string(arguments)};
  response.choices = {{.parts = {{Text{.text = "Grüße 🎈"}}, {call}}, .finish = FinishReason::tool_calls}};
  response.usage = Usage{.input = {10}, .cache_read = {}, .output = {5}};
  return response;
}

std::string story_of(const ChatResponse& response) {
  std::string out;
  for (const ChatChoice& choice : response.choices) {
    for (const Part& part : choice.parts) {
      if (const auto* text = part.as<Text>()) out += "text " + text->text + "\n";
      if (const auto* call = part.as<ToolCall>()) out += "call " + call->name + " " + call->arguments + "\n";
      if (const auto* thought = part.as<Reasoning>()) out += "thought " + thought->text + "\n";
    }
    out += "finish " + std::to_string(static_cast<int>(choice.finish)) + "\n";
  }
  if (response.usage)
    out += "usage " + std::to_string(response.usage->all_input().count) + " " + std::to_string(response.usage->all_output().count) + "\n";
  return out;
}

// The same answer as events: two calls whose pieces come in turns.
std::vector<StreamEvent> events() {
  using What = BlockDelta::What;
  ToolCall first{.id = "call_a1", .name = "weather"}, second{.id = "call_b2", .name = "clock"};
  return {StreamStart{.id = "r1", .model = "m", .created = 1'700'000'000},
          BlockStart{.block = 0, .part = {Text{}}},
          BlockDelta{.block = 0, .what = What::text, .text = "Grüße "},
          BlockDelta{.block = 0, .what = What::text, .text = "🎈"},
          BlockEnd{.block = 0},
          BlockStart{.block = 1, .part = {first}},
          BlockStart{.block = 2, .part = {second}},
          BlockDelta{.block = 1, .what = What::arguments, .text = R"({"city":)"},
          BlockDelta{.block = 2, .what = What::arguments, .text = R"({"zone")"},
          BlockDelta{.block = 1, .what = What::arguments, .text = R"("Bern"})"},
          BlockDelta{.block = 2, .what = What::arguments, .text = R"(:"CET"})"},
          BlockEnd{.block = 1},
          BlockEnd{.block = 2},
          ChoiceEnd{.finish = FinishReason::tool_calls},
          UsageSeen{.usage = {.input = {10}, .output = {5}}},
          StreamEnd{}};
}

struct Told {
  std::map<std::int64_t, std::string> blocks;  // by number: kind, name and text
  std::string ending;
  Usage usage;
  int ends = 0, open = 0;
  bool over = false, failed = false;
  std::optional<Error> error;

  std::string story() const {
    std::string out;
    for (const auto& [number, text] : blocks)
      if (!text.ends_with("text: ")) out += text + "\n";
    return out + ending;
  }
};

void note(Told& told, const StreamEvent& event) {
  if (const auto* start = std::get_if<BlockStart>(&event)) {
    ++told.open;
    std::string& block = told.blocks[start->block];
    if (start->part.as<Text>() != nullptr) block = "text: ";
    if (const auto* call = start->part.as<ToolCall>()) block = "call " + call->name + ": " + call->arguments;
  }
  if (const auto* delta = std::get_if<BlockDelta>(&event)) told.blocks[delta->block] += delta->text;
  if (std::holds_alternative<BlockEnd>(event)) ++told.ends;
  if (const auto* end = std::get_if<ChoiceEnd>(&event)) told.ending = "finish " + std::to_string(static_cast<int>(end->finish)) + "\n";
  if (const auto* seen = std::get_if<UsageSeen>(&event)) told.usage = seen->usage;
  if (std::holds_alternative<StreamEnd>(event)) told.over = true;
  if (std::holds_alternative<StreamFailed>(event)) told.failed = true;
}

Told read_stream(const Dialect& dialect, std::string_view bytes, std::size_t piece) {
  Told told;
  AnyFramer framer(dialect.framing());
  auto reader = dialect.event_reader();
  std::vector<StreamEvent> out;
  auto take = [&] {
    Frame frame;
    while (framer.next(frame)) reader->read(frame, out);
  };
  std::string held(bytes);
  for (std::size_t at = 0; at < held.size(); at += piece) {
    framer.feed(std::string_view(held).substr(at, piece));
    take();
  }
  framer.finish();
  take();
  told.error = reader->end(out);
  for (const StreamEvent& event : out) note(told, event);
  return told;
}

std::string write_stream(const Dialect& dialect, const std::vector<StreamEvent>& all) {
  ChatRequest request = conversation();
  AnswerFacts facts{.id = id, .model = "m", .now = 1'700'000'000, .include_usage = true, .request = &request};
  auto writer = dialect.event_writer(facts);
  std::string bytes;
  for (const StreamEvent& event : all) writer->write(event, bytes);
  return bytes;
}

class EveryDialect : public testing::TestWithParam<const Dialect*> {};

TEST_P(EveryDialect, ReadsTheRequestThatItWrites) {
  const Dialect& dialect = *GetParam();
  auto written = dialect.write_request(conversation(), {.model = "m"});
  ASSERT_TRUE(written) << written.error().detail;
  ASSERT_TRUE(json::scan(written->body)) << written->body;
  std::string path = path_of(dialect, *written);
  auto door = find_door(path, "");
  ASSERT_TRUE(door) << path;
  EXPECT_EQ(door->dialect, &dialect);
  auto view = dialect.view({.operation = door->operation, .body = written->body, .path_model = door->path_model, .path_stream = door->path_stream});
  ASSERT_TRUE(view) << view.error().detail << "\n" << written->body;
  EXPECT_EQ(view->model, "m");
  EXPECT_EQ(view->max_output, 100);
  auto read = dialect.read_request(*view);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(story_of(*read), story_of(conversation())) << written->body;
}

TEST_P(EveryDialect, ReadsTheAnswerThatItWrites) {
  const Dialect& dialect = *GetParam();
  ChatRequest request = conversation();
  std::string body;
  dialect.write_response(answer(), {.id = id, .model = "m", .now = 1'700'000'000, .request = &request}, body);
  ASSERT_TRUE(json::scan(body)) << body;
  auto read = dialect.read_response(body);
  ASSERT_TRUE(read) << read.error().detail << "\n" << body;
  EXPECT_EQ(story_of(*read), story_of(answer())) << body;
}

TEST_P(EveryDialect, ReadsTheStreamThatItWritesHoweverItIsCut) {
  const Dialect& dialect = *GetParam();
  std::string bytes = write_stream(dialect, events());
  Told direct;
  for (const StreamEvent& event : events()) note(direct, event);
  for (std::size_t piece : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
    Told told = read_stream(dialect, bytes, piece);
    EXPECT_FALSE(told.error) << told.error->detail << "\n" << bytes;
    EXPECT_TRUE(told.over);
    EXPECT_EQ(told.story(), direct.story()) << bytes;
    EXPECT_EQ(told.open, told.ends);
    EXPECT_EQ(told.usage.all_input().count, 10);
    EXPECT_EQ(told.usage.all_output().count, 5);
  }
}

TEST_P(EveryDialect, TakesAStreamWithoutItsEndForBroken) {
  const Dialect& dialect = *GetParam();
  std::vector<StreamEvent> begun = events();
  begun.resize(4);  // in the midst of the text
  Told told = read_stream(dialect, write_stream(dialect, begun), 16);
  EXPECT_FALSE(told.over);
  ASSERT_TRUE(told.error);
  EXPECT_EQ(told.error->fault, Fault::upstream_truncated);
}

TEST_P(EveryDialect, TellsAnErrorInAStreamAndNoEndBehindIt) {
  const Dialect& dialect = *GetParam();
  std::vector<StreamEvent> broken = events();
  broken.resize(4);
  broken.push_back(StreamFailed{{.fault = Fault::upstream_truncated, .detail = "the provider's stream broke off"}});
  Told told = read_stream(dialect, write_stream(dialect, broken), 16);
  EXPECT_TRUE(told.failed);
  EXPECT_FALSE(told.over);
}

TEST_P(EveryDialect, WritesErrorsThatAreJsonAndReadsThemWithTheirStatus) {
  const Dialect& dialect = *GetParam();
  for (int fault = 0; fault < fault_count; ++fault) {
    Error error{.fault = static_cast<Fault>(fault), .detail = "some \"words\"", .param = "model"};
    std::string body;
    dialect.write_error(error, id, body);
    EXPECT_TRUE(json::scan(body)) << body;
    EXPECT_NE(body.find(R"(some \"words\")"), std::string::npos) << body;
  }
  std::string body;
  dialect.write_error({.fault = Fault::rate_limited, .detail = "slow down"}, id, body);
  EXPECT_EQ(dialect.read_refusal({.status = 429, .body = body}, {}).fault, Fault::upstream_rate_limited);
  EXPECT_EQ(dialect.read_refusal({.status = 401, .body = body}, {}).fault, Fault::upstream_credential);
  EXPECT_EQ(dialect.read_refusal({.status = 503, .body = "<html>"}, {}).fault, Fault::upstream_overloaded);
}

TEST_P(EveryDialect, RefusesWhatIsNoRequestAndNamesTheField) {
  const Dialect& dialect = *GetParam();
  for (std::string_view body : {"", "[]", "{", "{\"model\": 1}", "null"}) {
    auto view = dialect.view({.body = body, .path_model = "m"});
    bool refused = !view || !dialect.read_request(*view);
    EXPECT_TRUE(refused) << body;
    if (!view) {
      EXPECT_EQ(view.error().fault, Fault::invalid_request) << body;
    }
  }
}

// What one dialect's provider streams and another dialect's caller gets says the same.
TEST(DialectPairs, HandOnStreamsAndAnswersUnchanged) {
  Told direct;
  for (const StreamEvent& event : events()) note(direct, event);
  for (const Dialect* from : all_dialects()) {
    std::string bytes = write_stream(*from, events());
    AnyFramer framer(from->framing());
    auto reader = from->event_reader();
    std::vector<StreamEvent> read;
    framer.feed(bytes);
    Frame frame;
    while (framer.next(frame)) reader->read(frame, read);
    framer.finish();
    while (framer.next(frame)) reader->read(frame, read);
    ASSERT_FALSE(reader->end(read)) << from->name();
    for (const Dialect* to : all_dialects()) {
      Told told = read_stream(*to, write_stream(*to, read), 64);
      EXPECT_TRUE(told.over) << from->name() << " to " << to->name();
      EXPECT_EQ(told.story(), direct.story()) << from->name() << " to " << to->name();
      EXPECT_EQ(told.usage.all_output().count, 5) << from->name() << " to " << to->name();
    }
  }
}

TEST(DialectPairs, HandOnRequestsUnchanged) {
  for (const Dialect* from : all_dialects()) {
    auto written = from->write_request(conversation(), {.model = "m"});
    ASSERT_TRUE(written) << from->name();
    std::string path = path_of(*from, *written);
    auto door = find_door(path, "");
    ASSERT_TRUE(door) << path;
    auto view = from->view({.body = written->body, .path_model = door->path_model});
    ASSERT_TRUE(view) << from->name();
    auto read = from->read_request(*view);
    ASSERT_TRUE(read) << from->name();
    for (const Dialect* to : all_dialects()) {
      auto again = to->write_request(*read, {.model = "m"});
      ASSERT_TRUE(again) << from->name() << " to " << to->name();
      EXPECT_TRUE(again->dropped.empty()) << from->name() << " to " << to->name() << ": " << again->dropped.front();
      std::string other = path_of(*to, *again);
      auto there = find_door(other, "");
      ASSERT_TRUE(there) << other;
      auto seen = to->view({.body = again->body, .path_model = there->path_model});
      ASSERT_TRUE(seen) << from->name() << " to " << to->name() << ": " << seen.error().detail << "\n" << again->body;
      auto final = to->read_request(*seen);
      ASSERT_TRUE(final) << from->name() << " to " << to->name();
      EXPECT_EQ(story_of(*final), story_of(conversation())) << from->name() << " to " << to->name() << "\n" << again->body;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shelf, EveryDialect, testing::ValuesIn(all_dialects().begin(), all_dialects().end()),
                         [](const auto& member) { return std::string(member.param->name()); });

}  // namespace
}  // namespace tollgate
