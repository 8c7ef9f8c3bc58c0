#include "mock/routes.h"

#include <fmt/format.h>

#include <array>

#include "async/reactor.h"
#include "dialects/openai_errors.h"
#include "dialects/openai_chat/models.h"
#include "mock/control.h"
#include "mock/fingerprint.h"
#include "mock/replacement.h"
#include "net/http1/target.h"

namespace tollgate::mock {
namespace {

constexpr std::string_view models_path = "/v1/models";
constexpr std::string_view usual_models[] = {"gpt-4o", "gpt-4o-mini", "text-embedding-3-small"};
constexpr std::size_t path_bytes_max = 2 * 1024;
constexpr std::int64_t models_created = 1'700'000'000;
const Rule ordinary{};

// A refusal of our own: the status, and the error's words.
struct Refused {
  int status;
  std::string body;
};

Refused refused(int status, std::string_view code, std::string_view message) {
  return {.status = status, .body = error_body("invalid_request_error", code, message)};
}

Refused refused(const Error& error) {
  Refused out{.status = info(error.fault).http_status, .body = {}};
  openai::append_error(out.body, error);
  return out;
}

std::string list_models(const Script& script) {
  std::vector<openai_chat::ModelEntry> entries;
  for (std::string_view name : usual_models)
    if (script.models.empty()) entries.push_back({.name = name, .created = models_created, .owned_by = "mock"});
  for (const std::string& name : script.models)
    entries.push_back({.name = name, .created = models_created, .owned_by = "mock"});
  std::string out;
  openai_chat::append_model_list(out, entries);
  return out;
}

// Empty when the model is not served.
std::string describe_model(const Playbook& playbook, std::string_view name) {
  std::string out;
  if (playbook.serves(name))
    openai_chat::append_model(out, {.name = name, .created = models_created, .owned_by = "mock"});
  return out;
}

Task<After> answer_refused(Player& player, const Call& call, Refused refusal) {
  co_return co_await player.answer(call, refusal.status, refusal.body);
}

Task<After> serve_models(Playbook& playbook, Player& player, Call call, std::string_view path) {
  const Rule& rule = playbook.choose(call.head, path);
  if (rule.replaces_answer()) {
    Call scripted{call.head, nullptr, rule, call.number, call.key};
    co_return co_await player.play(scripted);
  }
  std::string_view name = path.substr(std::min(path.size(), models_path.size() + 1));
  std::string body = name.empty() ? list_models(playbook.script()) : describe_model(playbook, name);
  if (!body.empty()) co_return co_await player.answer(call, 200, body);
  co_return co_await answer_refused(player, call, refused(404, "model_not_found", "There is no such model."));
}

Task<After> serve_model_call(Playbook& playbook, Player& player, Call call, std::string_view path, Endpoint endpoint,
                             std::string_view body) {
  auto question = read_question(endpoint, body);
  if (!question) co_return co_await answer_refused(player, call, refused(question.error()));
  if (!playbook.serves(question->model()))
    co_return co_await answer_refused(player, call, refused(404, "model_not_found", "There is no such model."));
  const Rule& rule = playbook.choose(*question, call.head, path);
  Call asked{call.head, &*question, rule, call.number, call.key, call.tongue};
  co_return co_await player.play(asked);
}

// In another language than OpenAI's: heard in its own, played in ours, said in its own again.
Task<After> serve_foreign_call(Playbook& playbook, Player& player, Call call, Door door, std::string_view path,
                               std::string_view body) {
  Tongue tongue(door, call.number, Reactor::current().wall().unix_seconds());
  call.tongue = &tongue;
  auto heard = tongue.hear(body);
  if (!heard) co_return co_await answer_refused(player, call, refused(heard.error()));
  Endpoint endpoint = door.operation == Operation::embeddings ? Endpoint::embeddings : Endpoint::chat;
  co_return co_await serve_model_call(playbook, player, call, path, endpoint, *heard);
}

}  // namespace

Task<After> serve_request(Desk& desk, Player& player, const http::RequestHead& head, std::string_view body) {
  std::string_view path = head.origin.substr(0, head.origin.find('?'));
  auto playbook = desk.playbook;  // it may be replaced meanwhile
  Call call{head, nullptr, ordinary, 0, 0};
  if (path.starts_with(control_prefix)) {
    std::string out;
    int status = answer_control(desk, head.method, path, body, out);
    co_return co_await player.answer(call, status, out);
  }

  call.number = ++desk.calls;
  desk.requests.add(call.number, head, body);
  std::string_view key = shown_key(head);
  if (key.empty() || !playbook->accepts(key))
    co_return co_await answer_refused(player, call, refused(401, "invalid_api_key", "Incorrect API key provided."));
  call.key = fingerprint(key);

  std::array<char, path_bytes_max> room;
  auto decoded = http::read_path(head.origin, room);
  auto door = decoded ? find_door(decoded->path, decoded->query) : std::nullopt;
  bool foreign = door && !door->speaks_openai() && door->operation != Operation::rerank && door->operation != Operation::passthrough && head.method == "POST";
  if (foreign) co_return co_await serve_foreign_call(*playbook, player, call, *door, path, body);
  auto endpoint = endpoint_of(path);
  bool lists = path == models_path || path.starts_with("/v1/models/");
  if (!endpoint && !lists) co_return co_await answer_refused(player, call, refused(404, "not_found", "Unknown path."));
  if (head.method != (lists ? "GET" : "POST"))
    co_return co_await answer_refused(player, call, refused(405, "method_not_allowed", "Not with this method."));
  if (lists) co_return co_await serve_models(*playbook, player, call, path);
  co_return co_await serve_model_call(*playbook, player, call, path, *endpoint, body);
}

}  // namespace tollgate::mock
