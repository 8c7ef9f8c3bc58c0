#include "sim/provider_play.h"

#include <fmt/format.h>

#include <algorithm>

#include "json/document.h"

namespace tollgate::sim {
namespace {

constexpr std::string_view mark_begin = "mark-";
constexpr std::size_t mark_digits = 6;

std::string json_head(int status, std::size_t length, std::string_view more = "") {
  return fmt::format("HTTP/1.1 {} Whatever\r\ncontent-type: application/json\r\n{}content-length: {}\r\n\r\n", status,
                     more, length);
}

std::string json_answer(int status, std::string_view body, std::string_view more = "") {
  return json_head(status, body.size(), more) + std::string(body);
}

std::string chunk(std::string_view payload) { return fmt::format("{:x}\r\n{}\r\n", payload.size(), payload); }

std::string usage_json(const Told& told) {
  std::string counts = fmt::format(R"("prompt_tokens":{},"completion_tokens":{},"total_tokens":{})", told.prompt,
                                   told.completion, told.prompt + told.completion);
  return fmt::format(
      R"({{{},"prompt_tokens_details":{{"cached_tokens":{}}},"completion_tokens_details":{{"reasoning_tokens":{}}}}})",
      counts, told.cached, told.reasoning);
}

Told draw_told(const Question& question, Random& random) {
  auto up_to = [&](std::int64_t most) {
    return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(most) + 1));
  };
  Told told;
  told.prompt = 1 + up_to(std::max<std::int64_t>(question.prompt_most - 1, 0));
  if (random.below(3) == 0) told.cached = up_to(told.prompt);
  if (question.wanted == Wanted::embeddings) return told;
  told.completion = up_to(question.output_most);
  if (random.below(4) == 0) told.reasoning = up_to(told.completion);
  return told;
}

// At most four bytes a token, so that an estimate stays within the bound too.
std::string draw_text(const Question& question, Random& random) {
  auto most = static_cast<std::uint64_t>(std::clamp<std::int64_t>(question.output_most * 4 - 2, 1, 400));
  std::string text = fmt::format("{}", random.next());
  text.resize(1 + random.below(most), 'x');
  return text;
}

std::string plain_body(const Question& question, const Play& play) {
  std::string usage = play.told ? fmt::format(R"(,"usage":{})", usage_json(*play.told)) : "";
  if (question.wanted == Wanted::embeddings)
    return fmt::format(R"({{"object":"list","data":[{{"index":0,"embedding":[0.5]}}],"model":"{}"{}}})", question.model,
                       usage);
  std::string message = fmt::format(R"({{"role":"assistant","content":"{}"}})", play.text);
  return fmt::format(R"({{"id":"c","model":"{}","choices":[{{"index":0,"message":{},"finish_reason":"stop"}}]{}}})",
                     question.model, message, usage);
}

std::string event(std::string_view delta, std::string_view finish) {
  return fmt::format("data: {{\"id\":\"c\",\"choices\":[{{\"index\":0,\"delta\":{},\"finish_reason\":{}}}]}}\n\n",
                     delta, finish);
}

std::vector<std::string> stream_events(const Question& question, const Play& play, Random& random) {
  std::vector<std::string> events{event(R"({"role":"assistant","content":""})", "null")};
  std::string_view rest = play.text;
  while (!rest.empty()) {
    std::size_t size = std::min<std::size_t>(rest.size(), 1 + random.below(60));
    events.push_back(event(fmt::format(R"({{"content":"{}"}})", rest.substr(0, size)), "null"));
    rest.remove_prefix(size);
  }
  events.push_back(event("{}", R"("stop")"));
  if (question.usage_asked && play.told)
    events.push_back(fmt::format(R"(data: {{"id":"c","object":"chat.completion.chunk","choices":[],"usage":{}}})",
                                 usage_json(*play.told)) +
                     "\n\n");
  events.push_back("data: [DONE]\n\n");
  return events;
}

Duration draw_pause(Random& random) {
  switch (random.below(12)) {
    case 0: return milliseconds(static_cast<std::int64_t>(random.below(2500)));
    case 1:
    case 2: return milliseconds(static_cast<std::int64_t>(random.below(200)));
    default: return std::chrono::microseconds(random.below(3000));
  }
}

void write_plain(const Question& question, Play& play, Random& random) {
  std::string body = plain_body(question, play);
  if (random.below(3) != 0) {
    play.steps = {{draw_pause(random), json_head(200, body.size())}, {draw_pause(random), body}};
    return;
  }
  std::size_t half = random.below(body.size());
  std::string head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
  play.steps = {{draw_pause(random), head}};
  if (half > 0) play.steps.push_back({draw_pause(random), chunk(body.substr(0, half))});
  play.steps.push_back({draw_pause(random), chunk(body.substr(half)) + "0\r\n\r\n"});
}

enum class Framing : std::uint8_t { chunked, until_close };

void put_event(std::string_view event, Framing framing, Play& play, Duration pause, Random& random) {
  auto put = [&](std::string_view part) {
    play.steps.push_back({pause, framing == Framing::chunked ? chunk(part) : std::string(part)});
  };
  std::size_t cut = random.below(4) == 0 ? random.below(event.size()) : 0;  // an event may lie in two pieces
  if (cut > 0) put(event.substr(0, cut));
  put(event.substr(cut));
}

void write_stream(const Question& question, Play& play, Random& random) {
  Framing framing = random.below(8) == 0 ? Framing::until_close : Framing::chunked;
  bool dawdles = random.below(40) == 0;
  std::string head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";
  head += framing == Framing::chunked ? "transfer-encoding: chunked\r\n\r\n" : "connection: close\r\n\r\n";
  play.steps = {{draw_pause(random), head}};
  auto events = stream_events(question, play, random);
  if (play.shortened) events.resize(1 + random.below(events.size() - 1));
  constexpr std::size_t heard_first = 2;  // then a gateway waits longer
  for (std::size_t i = 0; i < events.size(); ++i)
    put_event(events[i], framing, play, dawdles && i >= heard_first ? milliseconds(2800) : draw_pause(random), random);
  if (framing == Framing::chunked)
    play.steps.push_back({{}, "0\r\n\r\n"});
  else
    play.after = After::close;
}

Play write_answer(const Question& question, bool shortened, Random& random) {
  Play play;
  play.shortened = shortened && question.wanted == Wanted::stream;
  play.sound = !play.shortened;
  if (random.below(8) != 0) play.told = draw_told(question, random);  // some never tell
  if (question.wanted != Wanted::embeddings) play.text = draw_text(question, random);
  if (question.wanted == Wanted::stream) {
    write_stream(question, play, random);
    if (!question.usage_asked) play.told.reset();
  } else {
    write_plain(question, play, random);
  }
  if (random.below(16) == 0) play.after = After::close;  // without having said so
  return play;
}

Play answer_instead(int status, std::string bytes, After after = After::keep) {
  Play play;
  play.status = status;
  play.sound = false;
  play.after = after;
  play.steps = {{{}, std::move(bytes)}};
  return play;
}

Play refuse(Random& random) {
  constexpr int statuses[] = {429, 500, 502, 503, 529, 401, 400, 404, 408, 413, 429, 500};
  int status = statuses[random.below(std::size(statuses))];
  bool quota = status == 429 && random.below(3) == 0;
  std::string body = fmt::format(R"({{"error":{{"message":"no","type":"{}","code":null}}}})",
                                 quota ? "insufficient_quota" : "some_error");
  std::string more = status == 429 && random.below(2) == 0 ? "retry-after-ms: 300\r\n" : "";
  return answer_instead(status, json_answer(status, body, more));
}

// Ends within the answer: behind some of its steps, or in the middle of one.
void cut(Play& play, Random& random) {
  std::size_t keep = random.below(play.steps.size());
  bool inside = random.below(2) == 0;
  if (inside) play.steps[keep].bytes.resize(random.below(play.steps[keep].bytes.size() + 1));
  play.steps.resize(keep + (inside ? 1 : 0));
  constexpr After ways[] = {After::close, After::reset, After::silence};
  play.after = ways[random.below(std::size(ways))];
  play.sound = false;
}

void spoil_stream(Play& play, Random& random) {
  std::size_t at = 1 + random.below(play.steps.size() - 2);
  play.sound = false;
  play.spoiled = true;
  switch (random.below(3)) {
    case 0:
      play.steps[at].bytes = chunk("data: {\"error\":{\"message\":\"overloaded\",\"type\":\"overloaded_error\"}}\n\n");
      break;
    case 1: play.steps[at].bytes = chunk("data: {{{ this is no JSON\n\n"); break;
    default: play.steps[at].bytes = "zz\r\nno chunk\r\n"; break;
  }
}

Play spoil_plain(Random& random) {
  switch (random.below(5)) {
    case 0:
      return answer_instead(200, json_answer(200, R"({"error":{"message":"overloaded","type":"overloaded_error"}})"));
    case 1: return answer_instead(200, json_answer(200, R"({"choices": [)"));
    case 2: return answer_instead(200, "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 4\r\n\r\n<ht>");
    case 3:
      return answer_instead(302, "HTTP/1.1 302 Found\r\nlocation: http://elsewhere/\r\ncontent-length: 0\r\n\r\n");
    default: return answer_instead(0, "SSH-2.0-OpenSSH_9.2\r\n", After::close);
  }
}

}  // namespace

Question read_question(std::string_view path, std::string_view body) {
  Question question;
  if (auto at = body.find(mark_begin); at != body.npos)
    question.mark = body.substr(at, mark_begin.size() + mark_digits);
  auto document = json::Document::parse(body);
  if (!document) return question;
  auto root = document->root();
  question.model = root.at("/model").string().value_or("");
  bool stream = root.at("/stream").boolean().value_or(false);
  question.wanted = path.ends_with("/embeddings") ? Wanted::embeddings : stream ? Wanted::stream : Wanted::chat;
  question.usage_asked = root.at("/stream_options/include_usage").boolean().value_or(false);
  question.output_most = root.at("/max_tokens").integer().value_or(1);
  auto text =
      question.wanted == Wanted::embeddings ? root.at("/input").string() : root.at("/messages/0/content").string();
  question.prompt_most = static_cast<std::int64_t>(text.value_or("").size());
  return question;
}

Play draw_play(const Question& question, std::uint64_t fault_permille, Random& random) {
  bool faulty = random.below(1000) < fault_permille;
  std::uint64_t kind = random.below(7);
  Play play = write_answer(question, faulty && kind == 6, random);
  if (!faulty || play.shortened) return play;
  switch (kind) {
    case 0:
    case 1: return refuse(random);
    case 2: return spoil_plain(random);
    case 3:
      if (question.wanted == Wanted::stream) {
        spoil_stream(play, random);
        return play;
      }
      [[fallthrough]];
    default: cut(play, random); return play;
  }
}

}  // namespace tollgate::sim
