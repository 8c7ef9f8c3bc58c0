#include "dialects/cohere/rerank.h"

#include "dialects/cohere/response.h"
#include "dialects/cohere/usage.h"
#include "dialects/fields.h"
#include "json/write.h"

namespace tollgate::cohere {

using json::Kind;
using json::Member;
using json::Value;

RerankRequest read_rerank(const CallView& view) {
  RerankRequest request{.dialect = "cohere", .model = view.model, .query = text_field(view.root, "query")};
  for (const Value& document : json::Elements(field_of(view.root, "documents"))) {
    request.objects |= document.is(Kind::object);
    request.documents.push_back(document.is(Kind::object) ? std::string(document.raw) : document.string().value_or(""));
  }
  for (const Member& member : json::Members(view.root)) {
    const Value& value = member.value;
    bool known = member.key_is("model") || member.key_is("query") || member.key_is("documents");
    if (value.is(Kind::null) || known) continue;
    if (member.key_is("top_n"))
      request.top_n = value.integer();
    else if (member.key_is("return_documents"))
      request.return_documents = value.boolean();
    else
      request.extras.push_back({member.key(), std::string(value.raw)});
  }
  return request;
}

WrittenRequest write_rerank(const RerankRequest& request, const TargetWays& ways) {
  WrittenRequest written{.path = "/v2/rerank"};
  json::Writer out(written.body);
  out.begin_object().member("model", ways.model).member("query", request.query).key("documents").begin_array();
  for (const std::string& document : request.documents) {
    if (request.objects && document.starts_with('{'))
      out.raw(document);
    else
      out.value(document);
  }
  out.end_array();
  if (request.top_n) out.member("top_n", *request.top_n);
  if (request.return_documents) out.member("return_documents", *request.return_documents);
  for (const ExtraField& extra : request.extras) {
    if (request.dialect == "cohere")
      out.key(extra.name).raw(extra.json);
    else
      written.dropped.push_back(extra.name);
  }
  out.end_object();
  return written;
}

Result<RerankResponse> read_ranks(std::string_view body) {
  TG_TRY(root, scan_answer(body));
  Value results = field_of(root, "results");
  if (!results.is(Kind::array))
    return fail(Error{.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = "the provider's answer has no results"});
  Value meta = field_of(root, "meta");
  RerankResponse response{.id = text_field(root, "id"), .usage = read_usage(meta)};
  response.search_units = field_of(field_of(meta, "billed_units"), "search_units").integer().value_or(0);
  for (const Value& result : json::Elements(results))
    response.results.push_back({.index = field_of(result, "index").integer().value_or(0),
                                .score = raw_field(result, "relevance_score"),
                                .document = raw_field(result, "document")});
  return response;
}

void write_ranks(const RerankResponse& response, const RerankRequest&, const AnswerFacts& facts, std::string& out) {
  json::Writer writer(out);
  writer.begin_object().member("id", to_string(facts.id)).key("results").begin_array();
  for (const RerankResponse::Result& result : response.results) {
    writer.begin_object().member("index", result.index).key("relevance_score").raw(result.score.empty() ? "0" : std::string_view(result.score));
    if (!result.document.empty()) writer.key("document").raw(result.document);
    writer.end_object();
  }
  writer.end_array().key("meta").begin_object().key("api_version").begin_object().member("version", "2").end_object();
  writer.key("billed_units").begin_object().member("search_units", response.search_units).end_object().end_object().end_object();
}

}  // namespace tollgate::cohere
