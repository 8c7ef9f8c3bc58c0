#pragma once
// A stream as Google's clients read it: every event a whole answer in small, as server-sent events or as the elements of one array.
//
// Texts and thoughts go out as they come. Calls of functions, media and signatures are collected until their block ends, for a part
// is whole. The last chunk holds the finish reasons and the usage. An error is an element {"error":{…}} of its own, and the end.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dialects/dialect.h"

namespace tollgate::gemini {

class GeminiEventWriter final : public EventWriter {
 public:
  // `framing`: sse or json_array.
  GeminiEventWriter(Framing framing, const AnswerFacts& facts);

  void write(const StreamEvent& event, std::string& out) override;

 private:
  using Key = std::pair<std::int64_t, std::int64_t>;

  void begin(const BlockStart& start, std::string& out);
  void grow(const BlockDelta& delta, std::string& out);
  void end(const BlockEnd& end, std::string& out);
  void finish(std::string& out);
  void fail_with(const Error& error, std::string& out);

  // A chunk with one part of one choice.
  void send_part(std::int64_t choice, const Part& part, const std::string& logprobs, std::string& out);
  void send(std::string_view chunk, std::string& out);

  Framing framing_;
  RequestId id_;
  std::string model_;
  std::map<Key, Part> open_;
  std::vector<ChoiceEnd> ends_;
  std::optional<Usage> usage_;
  bool began_ = false;
  bool over_ = false;
};

}  // namespace tollgate::gemini
