#include "gateway/attempts/request_bytes.h"

#include <fmt/format.h>

#include "dialects/passthrough.h"
#include "gateway/attempts/hosted.h"
#include "gateway/attempts/language.h"

namespace tollgate {
namespace {

// OpenAI's chat family: at most two splices, nothing is copied.
RequestBytes edited_openai(Exchange& x, const Target& target) {
  const TargetFacts& facts = x.snapshot().facts[target.index];
  auto ask = facts.ways.ask_usage ? openai_chat::AskUsage::yes : openai_chat::AskUsage::no;
  RequestBytes bytes{.path = path_of(x.openai.endpoint).substr(3)};  // without /v1, which the base URL has
  bytes.edits = openai_chat::declared_edits(x.openai, x.model_at(target), ask);
  bytes.pieces = openai_chat::edited_pieces(x.openai.body, bytes.edits);
  return bytes;
}

// The caller's bytes with the model's name in place of theirs, where it stands in the body.
RequestBytes with_model(Exchange& x, const Target& target) {
  RequestBytes bytes{.path = x.upstream_path};
  std::string_view body = x.call.body, model = x.call.model_value.raw;
  bool as_it_came = model.empty() || x.model_at(target) == x.call.model;
  if (as_it_came) {
    if (!body.empty()) bytes.pieces.items[bytes.pieces.count++] = body;
    return bytes;
  }
  x.upstream_body.clear();
  if (x.call.bare_model)
    x.upstream_body = x.model_at(target);
  else
    append_model_name(x.upstream_body, x.model_at(target));
  auto at = static_cast<std::size_t>(model.data() - body.data());
  for (std::string_view piece : {body.substr(0, at), std::string_view(x.upstream_body), body.substr(at + model.size())})
    if (!piece.empty()) bytes.pieces.items[bytes.pieces.count++] = piece;
  return bytes;
}

// Any other dialect than OpenAI's chat.
RequestBytes edited(Exchange& x, const Target& target) {
  x.upstream_path = x.door.dialect->path(x.call, x.model_at(target));
  return with_model(x, target);
}

RequestBytes passed(Exchange& x, const Target& target) {
  constexpr std::string_view base_has = "/v1";
  x.upstream_path = x.door.endpoint == passthrough_endpoint ? passed_path(x.incoming->target()) : std::string(x.door.endpoint.substr(base_has.size()));
  return with_model(x, target);
}

Result<WrittenRequest> written(Exchange& x, const Target& target) {
  const Dialect& language = language_at(x, target);
  TargetWays ways = ways_of(x, target);
  if (x.door.operation == Operation::embeddings) {
    TG_TRY(request, x.door.dialect->read_embedding_request(x.call));
    return language.write_embedding_request(request, ways);
  }
  if (x.door.operation == Operation::rerank) {
    TG_TRY(request, x.door.dialect->read_rerank_request(x.call));
    return language.write_rerank_request(request, ways);
  }
  TG_TRY(chat, middle_form(x));
  if (!chat->only_own.empty())
    return fail({.fault = Fault::invalid_request,
                 .retry = Retry::next_target,
                 .detail = fmt::format("the model at hand keeps nothing between calls: '{}' is not possible", chat->only_own),
                 .param = chat->only_own,
                 .code = "unsupported_parameter"});
  return language.write_request(*chat, ways);
}

// The same as the target's house takes it.
RequestBytes hosted(RequestBytes bytes, Exchange& x, const Target& target) {
  const TargetFacts& facts = x.snapshot().facts[target.index];
  if (facts.hosting == Hosting::own) return bytes;
  bytes.from_root = true;
  if (facts.hosting == Hosting::azure_deployment) {
    x.upstream_path = azure_deployment_path(bytes.path, x.model_at(target), facts.api_version);
    bytes.path = x.upstream_path;
    return bytes;
  }
  std::string whole;
  for (std::string_view piece : bytes.body()) whole += piece;
  x.upstream_path = vertex_anthropic_path(x.model_at(target), x.call.stream);
  x.upstream_body = vertex_anthropic_body(whole);
  RequestBytes out{.path = x.upstream_path, .from_root = true};
  out.pieces.items[out.pieces.count++] = x.upstream_body;
  return out;
}

Result<RequestBytes> bytes_for(Exchange& x, const Target& target) {
  x.dropped.clear();
  if (x.door.operation == Operation::passthrough) return passed(x, target);
  if (bytes_pass(x, target)) return x.door.speaks_openai() ? edited_openai(x, target) : edited(x, target);
  TG_TRY(request, written(x, target));
  if (x.strict && !request.dropped.empty())
    return fail({.fault = Fault::invalid_request,
                 .retry = Retry::next_target,
                 .detail = fmt::format("the model at hand cannot be told '{}'", request.dropped.front()),
                 .param = request.dropped.front(),
                 .code = "unsupported_parameter"});
  x.dropped = std::move(request.dropped);
  x.upstream_path = std::move(request.path);
  x.upstream_body = std::move(request.body);
  RequestBytes bytes{.path = x.upstream_path};
  bytes.pieces.items[bytes.pieces.count++] = x.upstream_body;
  return bytes;
}

}  // namespace

Result<RequestBytes> request_bytes(Exchange& x, const Target& target) {
  TG_TRY(bytes, bytes_for(x, target));
  if (x.door.endpoint == passthrough_endpoint) bytes.from_root = true;
  if (bytes.from_root) return bytes;
  return hosted(std::move(bytes), x, target);
}

}  // namespace tollgate
