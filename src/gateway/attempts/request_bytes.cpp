#include "gateway/attempts/request_bytes.h"

#include <fmt/format.h>

#include <algorithm>

#include "dialects/passthrough.h"
#include "gateway/attempts/hosted.h"
#include "gateway/attempts/language.h"
#include "gateway/attempts/meter.h"

namespace tollgate {
namespace {

// OpenAI's chat family: at most two splices, nothing is copied.
RequestBytes edited_openai(Exchange& x, Try& t) {
  const TargetFacts& facts = x.snapshot().facts[t.target->index];
  auto ask = facts.ways.ask_usage ? openai_chat::AskUsage::yes : openai_chat::AskUsage::no;
  RequestBytes bytes{.path = path_of(x.openai.endpoint).substr(3)};  // without /v1, which the base URL has
  bytes.edits = openai_chat::declared_edits(x.openai, x.model_at(*t.target), ask);
  bytes.pieces = openai_chat::edited_pieces(x.openai.body, bytes.edits);
  return bytes;
}

// The caller's bytes with the model's name in place of theirs, where it stands in the body.
RequestBytes with_model(Exchange& x, Try& t) {
  RequestBytes bytes{.path = t.path};
  std::string_view body = x.call.body, model = x.call.model_value.raw;
  bool as_it_came = model.empty() || x.model_at(*t.target) == x.call.model;
  if (as_it_came) {
    if (!body.empty()) bytes.pieces.items[bytes.pieces.count++] = body;
    return bytes;
  }
  t.body.clear();
  if (x.call.bare_model)
    t.body = x.model_at(*t.target);
  else
    append_model_name(t.body, x.model_at(*t.target));
  auto at = static_cast<std::size_t>(model.data() - body.data());
  for (std::string_view piece : {body.substr(0, at), std::string_view(t.body), body.substr(at + model.size())})
    if (!piece.empty()) bytes.pieces.items[bytes.pieces.count++] = piece;
  return bytes;
}

// Any other dialect than OpenAI's chat.
RequestBytes edited(Exchange& x, Try& t) {
  t.path = x.door.dialect->path(x.call, x.model_at(*t.target));
  return with_model(x, t);
}

RequestBytes passed(Exchange& x, Try& t) {
  constexpr std::string_view base_has = "/v1";
  t.path = x.door.endpoint == passthrough_endpoint ? passed_path(x.incoming->target()) : std::string(x.door.endpoint.substr(base_has.size()));
  return with_model(x, t);
}

// The call that makes an assistant go on with what it has said.
ChatRequest gone_on_with(const ChatRequest& chat, const std::string& said) {
  ChatRequest more = chat;
  Message assistant{.role = Role::assistant};
  assistant.parts.push_back(Part{Text{.text = said}});
  more.messages.push_back(std::move(assistant));
  if (more.max_output) *more.max_output = std::max<std::int64_t>(1, *more.max_output - estimated_tokens(static_cast<std::int64_t>(said.size())).count);
  return more;
}

Result<WrittenRequest> written(Exchange& x, Try& t) {
  const Dialect& language = language_at(x, *t.target);
  TargetWays ways = ways_of(x, *t.target);
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
  if (t.said) return language.write_request(gone_on_with(*chat, *t.said), ways);
  return language.write_request(*chat, ways);
}

// The same as the target's house takes it.
RequestBytes hosted(RequestBytes bytes, Exchange& x, Try& t) {
  const TargetFacts& facts = x.snapshot().facts[t.target->index];
  if (facts.hosting == Hosting::own) return bytes;
  bytes.from_root = true;
  if (facts.hosting == Hosting::azure_deployment) {
    t.path = azure_deployment_path(bytes.path, x.model_at(*t.target), facts.api_version);
    bytes.path = t.path;
    return bytes;
  }
  std::string whole;
  for (std::string_view piece : bytes.body()) whole += piece;
  t.path = vertex_anthropic_path(x.model_at(*t.target), x.call.stream);
  t.body = vertex_anthropic_body(whole);
  RequestBytes out{.path = t.path, .from_root = true};
  out.pieces.items[out.pieces.count++] = t.body;
  return out;
}

Result<RequestBytes> bytes_for(Exchange& x, Try& t) {
  t.dropped.clear();
  if (x.door.operation == Operation::passthrough) return passed(x, t);
  if (bytes_pass(x, *t.target) && !t.said && !t.rewritten) return x.door.speaks_openai() ? edited_openai(x, t) : edited(x, t);
  TG_TRY(request, written(x, t));
  if (x.strict && !request.dropped.empty())
    return fail({.fault = Fault::invalid_request,
                 .retry = Retry::next_target,
                 .detail = fmt::format("the model at hand cannot be told '{}'", request.dropped.front()),
                 .param = request.dropped.front(),
                 .code = "unsupported_parameter"});
  t.dropped = std::move(request.dropped);
  t.path = std::move(request.path);
  t.body = std::move(request.body);
  RequestBytes bytes{.path = t.path};
  bytes.pieces.items[bytes.pieces.count++] = t.body;
  return bytes;
}

}  // namespace

Result<RequestBytes> request_bytes(Exchange& x, Try& t) {
  TG_TRY(bytes, bytes_for(x, t));
  if (x.door.endpoint == passthrough_endpoint) bytes.from_root = true;
  if (bytes.from_root) return bytes;
  return hosted(std::move(bytes), x, t);
}

}  // namespace tollgate
