#pragma once
// A stream of OpenAI's chat or completions API as events of the middle form. Its chunks know no blocks: a text, a thought, a refusal
// and each tool call of a choice is one here, which begins with its first piece and ends with the choice.
//
// Calls are told apart by index, a new id at a known index begins another (wire-quirks 8-10). The finish reason may come twice, usage
// on any chunk, the end mark not at all (1-3, 12, 15).

#include <map>

#include "dialects/dialect.h"
#include "json/value.h"

namespace tollgate::openai_chat {

class ChatEventReader final : public tollgate::EventReader {
 public:
  void read(const Frame& frame, std::vector<StreamEvent>& out) override;
  std::optional<Error> end(std::vector<StreamEvent>& out) override;

 private:
  struct Call {
    std::int64_t block;
    std::string id;
  };
  struct Choice {
    std::int64_t blocks = 0;              // begun so far
    std::optional<std::int64_t> text, thought, refusal;
    std::map<std::int64_t, Call> calls;   // by index
    std::vector<std::int64_t> open;
    bool finished = false;
    bool called = false;
  };

  void read_chunk(const json::Value& root, std::vector<StreamEvent>& out);
  void read_choice(const json::Value& value, std::vector<StreamEvent>& out);
  void read_delta(std::int64_t number, Choice& choice, const json::Value& delta, std::vector<StreamEvent>& out);
  void read_call(std::int64_t number, Choice& choice, const json::Value& call, std::int64_t position, std::vector<StreamEvent>& out);
  void read_thoughts(std::int64_t number, Choice& choice, const json::Value& delta, std::vector<StreamEvent>& out);
  std::int64_t begin(std::int64_t number, Choice& choice, Part part, std::vector<StreamEvent>& out);
  void grow(std::int64_t number, Choice& choice, std::optional<std::int64_t>& block, Part kind, std::string text,
            std::vector<StreamEvent>& out);
  void finish(std::int64_t number, Choice& choice, std::string native, std::vector<StreamEvent>& out);
  void fail_with(Error error, std::vector<StreamEvent>& out);

  std::map<std::int64_t, Choice> choices_;
  bool started_ = false;
  bool over_ = false;
};

}  // namespace tollgate::openai_chat
