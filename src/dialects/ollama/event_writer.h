#pragma once
// A stream as lines of JSON: each piece of text a line, each call a line once it is whole, and a last line with the counters.

#include <map>

#include "dialects/dialect.h"

namespace tollgate::ollama {

class LineWriter final : public EventWriter {
 public:
  explicit LineWriter(const AnswerFacts& facts);
  void write(const StreamEvent& event, std::string& out) override;

 private:
  void grow(const BlockDelta& delta, std::string& out);
  void end(const BlockEnd& ended, std::string& out);
  template <class Fill>
  void said(std::string& out, Fill fill);
  void finish(std::string& out);

  std::string model_;
  std::int64_t now_;
  bool completions_;
  std::map<std::int64_t, Part> open_;  // of the first choice; of a call with its arguments so far
  std::optional<Usage> usage_;
  FinishReason finish_ = FinishReason::stop;
};

}  // namespace tollgate::ollama
