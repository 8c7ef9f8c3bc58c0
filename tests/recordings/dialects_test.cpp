// Real traffic through every dialect's middle form: requests written again mean the same, answers and streams keep their text, calls,
// finish and usage, also by way of every other dialect. What came of each API is written to build/reports/recordings.txt.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "dialects/all.h"
#include "dialects/any_framer.h"
#include "dialects/door.h"
#include "recordings.h"

namespace tollgate::recordings {
namespace {

struct Wire {
  std::string_view name, dialect, family;
};
constexpr Wire wires[] = {
    {"openai.chat", "openai_chat", "openai"},           {"mistral.chat", "openai_chat", ""},
    {"anthropic.messages", "anthropic_messages", "anthropic"}, {"gemini.generateContent", "gemini", "gemini"},
    {"openai.responses", "openai_responses", "openai"}, {"bedrock.converse", "bedrock_converse", "anthropic"},
    {"ollama.chat", "ollama", ""},                      {"cohere.chat", "cohere", ""},
};

struct Counts {
  int requests = 0, requests_refused = 0, requests_changed = 0;
  int answers = 0, answers_changed = 0, answers_unread = 0;
  int streams = 0, streams_changed = 0, streams_broken = 0;
  int crossed = 0, crossed_changed = 0;
};

struct Record {
  std::string id, api, framing, path, request, body;
  bool base64 = false, complete = false;
  int status = 0;
};

std::string between(std::string_view text, std::string_view front, std::string_view back) {
  std::size_t at = text.find(front);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + front.size());
  return std::string(text.substr(0, text.find(back)));
}

std::string path_model(const Record& record, std::string_view dialect) {
  if (dialect == "gemini") return between(record.path, "/models/", ":");
  return dialect == "bedrock_converse" ? between(record.path, "/model/", "/converse") : std::string();
}

// What is said, in words that no grouping into parts changes.
std::string story_of(const ChatResponse& response) {
  std::string out;
  for (const ChatChoice& choice : response.choices) {
    std::string text, calls, thoughts;
    for (const Part& part : choice.parts) {
      if (const auto* said = part.as<Text>()) text += said->text;
      if (const auto* call = part.as<ToolCall>()) calls += call->name + call->arguments + "\n";
    }
    out += text + "\n" + calls + std::to_string(static_cast<int>(choice.finish)) + "\n";
  }
  if (response.usage) out += std::to_string(response.usage->all_input().count) + " " + std::to_string(response.usage->all_output().count);
  return out;
}

std::string shown(const StreamEvent& event) {
  std::ostringstream out;
  if (const auto* start = std::get_if<BlockStart>(&event)) {
    out << "start " << start->choice << " " << start->block << " " << start->part.is.index();
    if (const auto* call = start->part.as<ToolCall>()) out << " " << call->id << " " << call->name << " " << call->arguments;
  }
  if (const auto* delta = std::get_if<BlockDelta>(&event))
    out << "delta " << delta->choice << " " << delta->block << " " << static_cast<int>(delta->what) << " " << delta->text;
  if (const auto* end = std::get_if<BlockEnd>(&event)) out << "end " << end->choice << " " << end->block;
  if (const auto* end = std::get_if<ChoiceEnd>(&event)) out << "finish " << end->choice << " " << static_cast<int>(end->finish);
  if (const auto* seen = std::get_if<UsageSeen>(&event))
    out << "usage " << seen->usage.all_input().count << " " << seen->usage.all_output().count;
  if (std::holds_alternative<StreamEnd>(event)) out << "over";
  if (const auto* failed = std::get_if<StreamFailed>(&event)) out << "failed " << failed->error.name();
  return out.str();
}

// A name and its arguments; none where they are no object, as in an answer that was cut or the free text of a custom tool, which
// dialects with objects alone write as {"input": …}.
std::string call_of(const std::string& block) {
  std::size_t space = block.find(' ');
  std::string arguments = block.substr(space + 1);
  std::erase_if(arguments, [](char c) { return c == ' ' || c == '\n'; });
  auto value = json::scan(arguments, {.refuse_duplicates = false});
  bool object = value && value->is(json::Kind::object);
  bool wrapped = arguments.starts_with("{\"input\":");
  return block.substr(0, space) + (object && !wrapped && arguments != "{}" ? arguments : "");
}

struct Streamed {
  std::vector<StreamEvent> events;
  std::optional<Error> error;

  std::string all() const {
    std::string out;
    for (const StreamEvent& event : events) out += shown(event) + "\n";
    return out;
  }
  // Text and calls of the first choice, and how it ended.
  std::string story() const {
    std::map<std::int64_t, std::string> blocks;
    std::map<std::int64_t, std::size_t> kinds;
    std::string text, calls, finish;
    for (const StreamEvent& event : events) {
      if (const auto* start = std::get_if<BlockStart>(&event); start != nullptr && start->choice == 0) {
        kinds[start->block] = start->part.is.index();
        if (const auto* call = start->part.as<ToolCall>()) blocks[start->block] = call->name + " " + call->arguments;
      }
      if (const auto* delta = std::get_if<BlockDelta>(&event); delta != nullptr && delta->choice == 0)
        if (delta->what == BlockDelta::What::text || delta->what == BlockDelta::What::arguments) blocks[delta->block] += delta->text;
      if (const auto* end = std::get_if<ChoiceEnd>(&event); end != nullptr && end->choice == 0) finish = std::to_string(static_cast<int>(end->finish));
    }
    for (auto& [number, block] : blocks) {
      if (kinds[number] == 0 || kinds[number] == 5) text += block;  // Text, Refusal
      if (kinds[number] == 2) calls += call_of(block) + "\n";  // ToolCall
    }
    return text + "\n" + calls;
  }
};

Streamed read_stream(const Dialect& dialect, Framing framing, const std::string& bytes, std::size_t piece) {
  Streamed out;
  AnyFramer framer(framing);
  auto reader = dialect.event_reader();
  Frame frame;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    framer.feed(std::string_view(bytes).substr(at, piece));
    while (framer.next(frame)) reader->read(frame, out.events);
  }
  framer.finish();
  while (framer.next(frame)) reader->read(frame, out.events);
  out.error = reader->end(out.events);
  return out;
}

constexpr std::size_t rewritten_bytes_max = 64 * 1024;  // without the large pictures

class Traffic {
 public:
  Traffic(const Dialect& dialect, const Wire& wire) : dialect_(dialect), wire_(wire) {}

  void take(const Record& record) {
    Counts& counts = by_api_[record.api];
    std::optional<ChatRequest> request = take_request(record, counts);
    if (record.status != 200 && record.status != 0) return;
    if (record.framing == "json") take_answer(record, request, counts);
    if (record.framing == "sse" || record.framing == "ndjson" || record.framing == "aws-eventstream") take_stream(record, request, counts);
  }
  const std::map<std::string, Counts>& counts() const { return by_api_; }

 private:
  std::optional<ChatRequest> read(std::string_view body, const std::string& model) {
    auto view = dialect_.view({.body = body, .path_model = model});
    if (!view) return std::nullopt;
    auto request = dialect_.read_request(*view);
    return request ? std::optional(std::move(*request)) : std::nullopt;
  }

  std::optional<ChatRequest> take_request(const Record& record, Counts& counts) {
    if (!record.request.starts_with('{')) return std::nullopt;
    std::string model = path_model(record, wire_.dialect);
    auto request = read(record.request, model);
    ++counts.requests;
    if (!request) {
      ++counts.requests_refused;
      return std::nullopt;
    }
    auto written = dialect_.write_request(*request, {.model = request->model, .family = wire_.family});
    auto again = written ? read(written->body, model) : std::nullopt;
    bool nothing_said = normal(*request).messages.empty();
    bool same = (again && normal(*again) == normal(*request)) || (nothing_said && !written);
    if (!same) {
      ++counts.requests_changed;
      if (counts.requests_changed <= 3) ADD_FAILURE() << record.api << " " << record.id << "\n" << record.request.substr(0, 3000) << "\nbecame\n" << (written ? written->body.substr(0, 3000) : written.error().detail);
    }
    rewrite(*request);
    return request;
  }

  // For tests/specs: the request in every other dialect, where somebody asks for it (TOLLGATE_REWRITTEN names a folder).
  void rewrite(const ChatRequest& request) {
    const char* folder = std::getenv("TOLLGATE_REWRITTEN");
    if (folder == nullptr || !request.only_own.empty()) return;
    for (const Dialect* other : all_dialects()) {
      if (other == &dialect_) continue;
      auto written = other->write_request(request, {.model = "a-model"});
      if (!written || written->body.size() > rewritten_bytes_max) continue;
      std::ofstream(std::string(folder) + "/" + std::string(other->name()) + ".jsonl", std::ios::app) << written->body << "\n";
    }
  }

  // Where a dialect has no ids, ours follow from the number of the message.
  static bool says_ids(const ChatRequest& request) { return request.dialect != "gemini" && request.dialect != "ollama"; }

  // Written again, empty texts are gone and turns of one side are one.
  static ChatRequest normal(ChatRequest request) {
    std::vector<Message> messages;
    for (Message& message : request.messages) {
      std::erase_if(message.parts, [](const Part& part) { return part.as<Text>() != nullptr && part.as<Text>()->text.empty(); });
      for (Part& part : message.parts)
        if (auto* call = part.as<ToolCall>(); call != nullptr && !says_ids(request)) call->id.clear();
      for (Part& part : message.parts)
        if (auto* result = part.as<ToolResult>(); result != nullptr && !says_ids(request)) result->call_id.clear();
      for (Part& part : message.parts)
        if (auto* result = part.as<ToolResult>())
          std::erase_if(result->content, [](const Part& inner) { return inner.as<Text>() != nullptr && inner.as<Text>()->text.empty(); });
      if (message.parts.empty()) continue;
      if (!messages.empty() && messages.back().role == message.role && messages.back().name == message.name)
        for (Part& part : message.parts) messages.back().parts.push_back(std::move(part));
      else
        messages.push_back(std::move(message));
    }
    request.messages = std::move(messages);
    request.include_usage = true;
    return request;
  }

  void take_answer(const Record& record, const std::optional<ChatRequest>& request, Counts& counts) {
    auto response = dialect_.read_response(record.body);
    if (!response) {
      ++counts.answers;
      ++counts.answers_unread;
      return;
    }
    const ChatRequest none;
    AnswerFacts facts{.id = {1, 2}, .model = "m", .now = 1, .request = request ? &*request : &none};
    for (const Dialect* other : all_dialects()) {
      bool only_first = response->choices.size() > 1;  // most dialects know one answer only
      std::string body;
      other->write_response(*response, facts, body);
      auto again = other->read_response(body);
      bool own = other == &dialect_;
      ++(own ? counts.answers : counts.crossed);
      if (only_first || has_foreign(*response)) continue;
      bool same = again && same_story(*again, *response, own);
      if (same) continue;
      int& changed = own ? counts.answers_changed : counts.crossed_changed;
      if (++changed <= 3)
        ADD_FAILURE() << record.api << " " << record.id << " as " << other->name() << "\n" << story_of(*response) << "\nbecame\n" << (again ? story_of(*again) : again.error().detail) << "\n" << body.substr(0, 2000);
    }
  }

  static bool has_foreign(const ChatResponse& response) {
    for (const ChatChoice& choice : response.choices)
      for (const Part& part : choice.parts)
        if (const auto* call = part.as<ToolCall>(); (call != nullptr && call->custom) || part.as<Foreign>() != nullptr || part.as<Refusal>() != nullptr || part.as<Media>() != nullptr) return true;
    return false;
  }

  static bool same_story(ChatResponse a, ChatResponse b, bool own) {
    // What a call's arguments are, not how they are spaced.
    auto plain = [](ChatResponse& response, bool with_finish) {
      for (ChatChoice& choice : response.choices) {
        if (!with_finish || choice.finish == FinishReason::none) choice.finish = FinishReason::stop;
        for (Part& part : choice.parts)
          if (auto* call = part.as<ToolCall>()) std::erase_if(call->arguments, [](char c) { return c == ' ' || c == '\n' || c == '\t'; });
      }
      if (!response.usage) response.usage = Usage{};
    };
    plain(a, own);
    plain(b, own);
    return story_of(a) == story_of(b);
  }

  void take_stream(const Record& record, const std::optional<ChatRequest>& request, Counts& counts) {
    ++counts.streams;
    Framing framing = record.framing == "sse" ? Framing::sse : dialect_.framing();
    Streamed whole = read_stream(dialect_, framing, record.body, record.body.size() + 1);
    Streamed bytes = read_stream(dialect_, framing, record.body, 1);
    EXPECT_EQ(whole.all(), bytes.all()) << record.id;
    if (whole.error) {
      ++counts.streams_broken;
      EXPECT_FALSE(record.complete) << record.api << " " << record.id << ": " << whole.error->detail;
      return;
    }
    const ChatRequest none;
    AnswerFacts facts{.id = {1, 2}, .model = "m", .now = 1, .include_usage = true, .request = request ? &*request : &none};
    for (const Dialect* other : all_dialects()) {
      auto writer = other->event_writer(facts);
      std::string written;
      for (const StreamEvent& event : whole.events) writer->write(event, written);
      Streamed again = read_stream(*other, other->framing(), written, 1000);
      ++counts.crossed;
      bool failed = whole.all().find("failed") != std::string::npos;
      if (failed || spaceless(again.story()) == spaceless(whole.story())) continue;
      if (++counts.streams_changed <= 3)
        ADD_FAILURE() << record.api << " " << record.id << " as " << other->name() << "\n" << whole.story().substr(0, 2000) << "\nbecame\n" << again.story().substr(0, 2000);
    }
  }
  static std::string spaceless(std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\t'; });
    return text;
  }

  const Dialect& dialect_;
  Wire wire_;
  std::map<std::string, Counts> by_api_;
};

std::optional<Record> record_of(const std::string& line, std::string_view wire) {
  if (line.find("\"" + std::string(wire) + "\"") == std::string::npos) return std::nullopt;
  auto text = json::scan(line, {.refuse_duplicates = false});
  if (!text) return std::nullopt;
  auto word = [&](std::initializer_list<std::string_view> path) {
    auto value = json::find_path(*text, path);
    return value ? value->string().value_or("") : std::string();
  };
  if (word({"wire"}) != wire) return std::nullopt;
  Record record{.id = word({"id"}), .api = word({"api"}), .framing = word({"response", "framing"}), .path = word({"request", "path"}), .request = {}, .body = word({"response", "body_raw"})};
  if (auto body = json::find_path(*text, {"request", "body"})) record.request = body->raw;
  if (auto status = json::find_path(*text, {"response", "status"})) record.status = static_cast<int>(status->integer().value_or(0));
  if (auto complete = json::find_path(*text, {"checks", "complete"})) record.complete = complete->boolean().value_or(false);
  if (word({"response", "body_encoding"}) == "base64") record.body = json::test::from_base64(record.body);
  return record;
}

TEST(RecordedTraffic, GoesThroughTheMiddleFormUnchanged) {
  TG_SHARED_OR_SKIP(folder, "recordings");
  std::map<std::string, Counts> all;
  for (const Wire& wire : wires) {
    const Dialect* dialect = find_dialect(wire.dialect);
    if (dialect == nullptr) continue;
    Traffic traffic(*dialect, wire);
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() != ".gz") continue;
      for (const std::string& line : json::test::gzip_lines(entry.path(), SIZE_MAX))
        if (auto record = record_of(line, wire.name)) traffic.take(*record);
    }
    for (const auto& [api, counts] : traffic.counts()) all[api == wire.name ? api : api + " in " + std::string(wire.name)] = counts;
  }
  std::ostringstream report;
  report << "api: requests (refused, changed); answers (not read, changed); streams (not whole, changed); by way of other dialects (changed)\n";
  for (const auto& [api, c] : all) {
    report << api << ": " << c.requests << " (" << c.requests_refused << ", " << c.requests_changed << "); " << c.answers << " (" << c.answers_unread << ", "
           << c.answers_changed << "); " << c.streams << " (" << c.streams_broken << ", " << c.streams_changed << "); " << c.crossed << " (" << c.crossed_changed << ")\n";
  }
  std::filesystem::create_directories(std::string(TOLLGATE_SOURCE_DIR) + "/build/reports");
  std::ofstream(std::string(TOLLGATE_SOURCE_DIR) + "/build/reports/recordings.txt") << report.str();
  std::fputs(report.str().c_str(), stdout);
}

}  // namespace
}  // namespace tollgate::recordings
