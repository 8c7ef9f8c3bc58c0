#include "dialects/door.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/all.h"
#include "dialects/gemini/gemini.h"

namespace tollgate {
namespace {

struct Row {
  std::string_view front;  // of the path; all of it where nothing follows
  std::string_view back;   // behind the model's name; empty: the path names none
  std::string_view dialect;
  Operation operation;
  bool stream;             // the path says so
  std::string_view endpoint;
};

using enum Operation;
constexpr Row rows[] = {
    {"/v1/chat/completions", "", "openai_chat", chat, false, "/v1/chat/completions"},
    {"/v1/completions", "", "openai_chat", completions, false, "/v1/completions"},
    {"/v1/embeddings", "", "openai_chat", embeddings, false, "/v1/embeddings"},
    {"/v1/images/generations", "", "openai_chat", passthrough, false, "/v1/images/generations"},
    {"/v1/images/edits", "", "openai_chat", passthrough, false, "/v1/images/edits"},
    {"/v1/images/variations", "", "openai_chat", passthrough, false, "/v1/images/variations"},
    {"/v1/audio/speech", "", "openai_chat", passthrough, false, "/v1/audio/speech"},
    {"/v1/audio/transcriptions", "", "openai_chat", passthrough, false, "/v1/audio/transcriptions"},
    {"/v1/audio/translations", "", "openai_chat", passthrough, false, "/v1/audio/translations"},
    {"/v1/moderations", "", "openai_chat", passthrough, false, "/v1/moderations"},
    {"/v1/responses", "", "openai_responses", chat, false, "/v1/responses"},
    {"/v1/responses/input_tokens", "", "openai_responses", count_tokens, false, "/v1/responses/input_tokens"},
    {"/v1/messages", "", "anthropic_messages", chat, false, "/v1/messages"},
    {"/v1/messages/count_tokens", "", "anthropic_messages", count_tokens, false, "/v1/messages/count_tokens"},
    {"/v1beta/models/", ":generateContent", "gemini", chat, false, "/v1beta/models/{model}:generateContent"},
    {"/v1beta/models/", ":streamGenerateContent", "gemini", chat, true, "/v1beta/models/{model}:streamGenerateContent"},
    {"/v1beta/models/", ":countTokens", "gemini", count_tokens, false, "/v1beta/models/{model}:countTokens"},
    {"/v1/models/", ":generateContent", "gemini", chat, false, "/v1/models/{model}:generateContent"},
    {"/v1/models/", ":streamGenerateContent", "gemini", chat, true, "/v1/models/{model}:streamGenerateContent"},
    {"/v1/models/", ":countTokens", "gemini", count_tokens, false, "/v1/models/{model}:countTokens"},
    {"/v1/models/", ":embedContent", "gemini", embeddings, false, "/v1/models/{model}:embedContent"},
    {"/v1/models/", ":batchEmbedContents", "gemini", embeddings, false, "/v1/models/{model}:batchEmbedContents"},
    {"/v1beta/models/", ":embedContent", "gemini", embeddings, false, "/v1beta/models/{model}:embedContent"},
    {"/v1beta/models/", ":batchEmbedContents", "gemini", embeddings, false, "/v1beta/models/{model}:batchEmbedContents"},
    {"/model/", "/converse", "bedrock_converse", chat, false, "/model/{model}/converse"},
    {"/model/", "/converse-stream", "bedrock_converse", chat, true, "/model/{model}/converse-stream"},
    {"/api/chat", "", "ollama", chat, false, "/api/chat"},
    {"/api/generate", "", "ollama", completions, false, "/api/generate"},
    {"/api/embed", "", "ollama", embeddings, false, "/api/embed"},
    {"/v2/chat", "", "cohere", chat, false, "/v2/chat"},
    {"/v2/embed", "", "cohere", embeddings, false, "/v2/embed"},
    {"/v2/rerank", "", "cohere", rerank, false, "/v2/rerank"},
    {"/v1/rerank", "", "cohere", rerank, false, "/v1/rerank"},
};

bool leads(const Row& row, std::string_view path) {
  if (row.back.empty()) return path == row.front;
  return path.size() > row.front.size() + row.back.size() && path.starts_with(row.front) && path.ends_with(row.back);
}

// `alt=sse` of Gemini's streams; without it a stream is one JSON array.
bool wants_events(std::string_view query) {
  while (!query.empty()) {
    std::size_t end = query.find('&');
    if (query.substr(0, end) == "alt=sse") return true;
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
  }
  return false;
}

constexpr std::string_view passthrough_front = "/passthrough/";

// A path that climbs out of where the provider's base URL points is no path of ours.
bool climbs(std::string_view path) {
  for (std::string_view segment : split(path, '/'))
    if (segment == ".." || segment == ".") return true;
  return false;
}

// What has an owner (gateway/provider_objects.h) where OpenAI's language is spoken.
bool is_at_objects(std::string_view path) {
  constexpr std::string_view version = "/v1/";
  if (path.starts_with(version)) path.remove_prefix(version.size() - 1);
  path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
  std::string_view first = path.substr(0, path.find('/'));
  return first == "files" || first == "batches" || first == "responses";
}

std::optional<Door> passthrough_door(std::string_view path) {
  std::string_view rest = path.substr(passthrough_front.size());
  std::size_t end = rest.find('/');
  if (end == 0 || end == std::string_view::npos || climbs(rest)) return std::nullopt;
  return Door{.dialect = find_dialect("openai_chat"), .operation = passthrough, .endpoint = passthrough_endpoint, .provider = rest.substr(0, end), .at_objects = is_at_objects(rest.substr(end))};
}

}  // namespace

std::vector<DoorPath> door_paths() {
  std::vector<DoorPath> paths;
  for (const Row& row : rows)
    if (find_dialect(row.dialect) != nullptr) paths.push_back({row.endpoint, row.dialect, row.operation});
  return paths;
}

std::optional<Door> find_door(std::string_view path, std::string_view query) {
  if (path.starts_with(passthrough_front)) return passthrough_door(path);
  for (const Row& row : rows) {
    if (!leads(row, path)) continue;
    const Dialect* dialect = find_dialect(row.dialect);
    if (dialect == nullptr) return std::nullopt;
    Door door{.dialect = dialect, .operation = row.operation, .endpoint = row.endpoint};
    if (!row.back.empty())
      door.path_model = path.substr(row.front.size(), path.size() - row.front.size() - row.back.size());
    door.path_stream = row.stream;
    door.framing = door.dialect->framing();
    if (row.dialect == "gemini" && row.stream && !wants_events(query)) {
      door.own_writer = &gemini::json_array_event_writer;
      door.framing = Framing::json_array;
    }
    return door;
  }
  return std::nullopt;
}

}  // namespace tollgate
