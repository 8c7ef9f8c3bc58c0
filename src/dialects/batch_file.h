#pragma once
// OpenAI's batches: what their input file asks for, and what a finished one has used.
// Source: https://platform.openai.com/docs/api-reference/batch

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "dialects/dialect.h"

namespace tollgate {

struct BatchInput {
  std::string model{};
  std::int64_t calls = 0;
  std::int64_t input = 0;              // no tokenizer makes more tokens of it
  std::optional<std::int64_t> output;  // most that may come back; empty: a call of it names no maximum
};

// Reads JSON lines {"custom_id", "method", "url", "body"}, some at a time: such a file may be large, and others wait.
class BatchInputReader {
 public:
  // The lines must outlive it.
  explicit BatchInputReader(std::string_view lines) : rest_(lines) {}

  // Reads on for about so many bytes; false when nothing is left. Errors: invalid_request, which names the line.
  Result<bool> step(std::size_t bytes);
  // REQUIRES: nothing is left.
  const BatchInput& read() const { return batch_; }

 private:
  std::string_view rest_;
  BatchInput batch_{.output = 0};
};
// All at once.
Result<BatchInput> read_batch_input(std::string_view lines);

struct BatchState {
  std::string id{};
  std::string model{};        // empty: not said
  bool over = false;          // completed, failed, expired or cancelled
  std::optional<Usage> usage{};
  std::string output_file{}, error_file{};  // empty: none
};

// A batch object. Empty: it is none.
std::optional<BatchState> read_batch(std::string_view body);

// What one line of an output file has used, read in the languages that the provider speaks; empty: nothing, or no number.
std::optional<Usage> usage_in_output_line(std::span<const Dialect* const> dialects, std::string_view line);

}  // namespace tollgate
