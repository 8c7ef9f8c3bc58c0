#include "sim/sim_provider.h"

#include <fmt/format.h>

#include "async/reactor.h"
#include "net/http1/head.h"

namespace tollgate::sim {
namespace {

constexpr std::size_t read_at_once = 16 * 1024;
constexpr auto silence_lasts = seconds(60);
constexpr auto read_within = seconds(60);

// One request as it came: head and body.
struct Request {
  std::string path;
  std::string key;
  std::string body;
};

// Reads the next request from a connection; empty when there is none any more. What came behind it stays in `unread`.
Task<std::optional<Request>> read_request(ByteStream& stream, std::string& unread, Wait wait) {
  std::array<char, read_at_once> room;
  std::size_t resume = 0;
  http::RequestHead head;
  for (;;) {
    http::ParseStatus parsed = http::parse_request_head(unread, resume, head);
    if (parsed.state == http::ParseState::bad) co_return std::nullopt;
    if (parsed.state == http::ParseState::complete && unread.size() >= parsed.head_bytes + head.framing.length) {
      Request request{.path = std::string(head.target),
                      .key = std::string(head.fields.find("authorization").value_or("")),
                      .body = unread.substr(parsed.head_bytes, head.framing.length)};
      unread.erase(0, parsed.head_bytes + head.framing.length);
      co_return std::move(request);
    }
    if (parsed.state == http::ParseState::complete) {
      resume = 0;
      head = {};
    }
    auto got = co_await read_some(stream, room, wait);
    if (!got || *got == 0) co_return std::nullopt;
    unread.append(room.data(), *got);
  }
}

}  // namespace

SimProvider::SimProvider(World world, std::string name, std::uint64_t seed, std::uint64_t fault_permille)
    : world_(world), name_(std::move(name)), random_(seed), fault_permille_(fault_permille) {}

void SimProvider::start() {
  world_.network.open(name_ + ".sim", door_, world_.host);
  tasks_.spawn(accept_all());
}

Task<void> SimProvider::stop() {
  world_.network.close(name_ + ".sim");
  stopping_.cancel();
  co_await tasks_.join({});
}

Task<void> SimProvider::accept_all() {
  for (;;) {
    auto stream = co_await door_.accept({Instant::never(), &stopping_});
    if (!stream) co_return;
    tasks_.spawn(serve(std::move(*stream)));
  }
}

ProviderCall& SimProvider::note(const Question& question, std::string_view key, const Play& play) {
  ProviderCall& call = world_.story.providers.emplace_back();
  call.provider = name_;
  call.mark = question.mark;
  call.model = question.model;
  call.key = key;
  call.wanted = question.wanted;
  call.usage_asked = question.usage_asked;
  call.status = play.status;
  call.told = play.told;
  call.text = play.text;
  call.sound = play.sound;
  call.spoiled = play.spoiled;
  world_.story.note(Reactor::current().now(),
                    fmt::format("{} asked {} status {} sound {}", name_, call.mark, play.status, play.sound));
  return call;
}

Task<void> SimProvider::serve(std::unique_ptr<ByteStream> stream) {
  std::string unread;
  for (bool reused = false;; reused = true) {
    Instant now = Reactor::current().now();
    Duration idle =
        milliseconds(static_cast<std::int64_t>(200 + random_.below(30'000)));  // kept connections go at any time
    auto request = co_await read_request(*stream, unread, {now + std::min<Duration>(idle, read_within), &stopping_});
    if (!request) co_return;
    Question question = read_question(request->path, request->body);
    Play play = draw_play(question, fault_permille_, random_);
    ProviderCall& call = note(question, request->key, play);
    call.reused = reused;
    if (!co_await this->play(static_cast<SimStream&>(*stream), std::move(play), call)) co_return;
  }
}

// True when the connection may serve another request.
Task<bool> SimProvider::play(SimStream& stream, Play play, ProviderCall& call) {
  Wait wait{Instant::never(), &stopping_};
  stream.readiness().cancel_on_hangup(nullptr);
  for (const Step& step : play.steps) {
    Instant now = Reactor::current().now();
    if (step.pause > Duration(0) && co_await sleep(wait.at_most(now + step.pause)) == Wake::cancelled) co_return false;
    std::string_view parts[] = {step.bytes};
    if (!co_await write_all(stream, parts, wait.at_most(Reactor::current().now() + silence_lasts))) co_return false;
    call.may_be_unheard = call.may_be_unheard && step.bytes.empty();
  }
  if (play.after == After::reset) call.may_be_unheard = true;
  call.whole = play.sound;
  if (play.after == After::keep) co_return true;
  if (play.after == After::reset) stream.reset();
  if (play.after == After::silence) {
    char byte = 0;
    static_cast<void>(co_await read_some(stream, {&byte, 1}, wait.at_most(Reactor::current().now() + silence_lasts)));
  }
  co_return false;
}

}  // namespace tollgate::sim
