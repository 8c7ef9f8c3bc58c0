#pragma once
// /v2/rerank, both ways.

#include "dialects/dialect.h"

namespace tollgate::cohere {

RerankRequest read_rerank(const CallView& view);
WrittenRequest write_rerank(const RerankRequest& request, const TargetWays& ways);
Result<RerankResponse> read_ranks(std::string_view body);
void write_ranks(const RerankResponse& response, const RerankRequest& request, const AnswerFacts& facts, std::string& out);

}  // namespace tollgate::cohere
