#pragma once
// Answers of the embeddings API: vectors that follow from the text alone, of 8 numbers unless the caller asks for
// another dimension. Each number is a whole number of 128ths in [-1, 1), so that its decimal and its binary form are
// both exact.

#include <string>

#include "mock/reply.h"

namespace tollgate::mock {

constexpr std::int64_t usual_dimensions = 8;
constexpr std::int64_t max_dimensions = 4096;

// Only input is counted. Overwrites `out`.
void count_embeddings(const Question& question, const Rule& rule, Reply& out);
void append_embeddings(std::string& out, const Question& question, const Rule& rule, const Reply& reply);

}  // namespace tollgate::mock
