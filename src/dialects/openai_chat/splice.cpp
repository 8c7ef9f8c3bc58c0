#include "dialects/openai_chat/splice.h"

#include <algorithm>
#include <cassert>

#include "json/write.h"

namespace tollgate::openai_chat {
namespace {

using json::Kind;
using json::Value;

void add(Splices& splices, Splice splice) {
  assert(splices.count < max_splices);
  splices.items[splices.count++] = splice;
}

std::size_t offset_in(std::string_view body, std::string_view part) {
  return static_cast<std::size_t>(part.data() - body.data());
}

bool needs_escape(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; });
}

// Only what stands between the quotes is replaced.
void add_model(const OpenAiRequest& request, std::string_view model, Splices& splices) {
  if (request.model() == model) return;
  std::string_view old = request.model_value.raw;
  if (needs_escape(model)) {
    splices.escaped = std::make_unique<std::string>();
    json::append_quoted(*splices.escaped, model);
    model = std::string_view(*splices.escaped).substr(1, splices.escaped->size() - 2);
  }
  add(splices, {.offset = offset_in(request.body, old) + 1, .erase = old.size() - 2, .insert = model});
}

// Inside an object that does not say include_usage: true.
Splice within(const OpenAiRequest& request, const Value& options) {
  if (auto wish = json::find(options, "include_usage")) {
    return {.offset = offset_in(request.body, wish->raw), .erase = wish->raw.size(), .insert = "true"};
  }
  bool empty = json::Members(options).begin() == json::Members(options).end();
  return {.offset = offset_in(request.body, options.raw) + 1,
          .erase = 0,
          .insert = empty ? R"("include_usage":true)" : R"("include_usage":true,)"};
}

void add_usage(const OpenAiRequest& request, Splices& splices) {
  const Value& options = request.stream_options;
  if (options.is(Kind::object)) return add(splices, within(request, options));
  if (request.has_stream_options) {  // null
    return add(splices, {.offset = offset_in(request.body, options.raw),
                         .erase = options.raw.size(),
                         .insert = R"({"include_usage":true})"});
  }
  // Before the closing brace: the object has a model, so a comma is right.
  std::size_t brace = offset_in(request.body, request.root.raw) + request.root.raw.size() - 1;
  add(splices, {.offset = brace, .erase = 0, .insert = R"(,"stream_options":{"include_usage":true})"});
}

}  // namespace

Splices declared_edits(const OpenAiRequest& request, std::string_view upstream_model, AskUsage ask) {
  Splices splices;
  add_model(request, upstream_model, splices);
  bool streams = request.stream && request.endpoint != Endpoint::embeddings;
  if (ask == AskUsage::yes && streams && !request.include_usage) add_usage(request, splices);
  if (splices.count == 2 && splices.items[1].offset < splices.items[0].offset)
    std::swap(splices.items[0], splices.items[1]);
  return splices;
}

std::size_t edited_length(std::string_view body, const Splices& splices) {
  std::size_t length = body.size();
  for (const Splice& splice : splices.all()) length = length - splice.erase + splice.insert.size();
  return length;
}

Pieces edited_pieces(std::string_view body, const Splices& splices) {
  Pieces pieces;
  std::size_t at = 0;
  auto take = [&](std::string_view piece) {
    if (!piece.empty()) pieces.items[pieces.count++] = piece;
  };
  for (const Splice& splice : splices.all()) {
    take(body.substr(at, splice.offset - at));
    take(splice.insert);
    at = splice.offset + splice.erase;
  }
  take(body.substr(at));
  return pieces;
}

}  // namespace tollgate::openai_chat
