#pragma once
// A stream in OpenAI's words: chunks of a chat, or of a text completion where one was asked for.

#include <map>

#include "dialects/dialect.h"
#include "json/write.h"

namespace tollgate::openai_chat {

class ChatEventWriter final : public tollgate::EventWriter {
 public:
  explicit ChatEventWriter(const AnswerFacts& facts);
  void write(const StreamEvent& event, std::string& out) override;

 private:
  struct Block {
    Part kind;                 // without its text
    std::int64_t call = -1;    // index of a tool call
  };
  struct Choice {
    bool begun = false;
    std::int64_t calls = 0;
    std::map<std::int64_t, Block> blocks;
  };

  void start(const StreamStart& event);
  void start(const BlockStart& event, std::string& out);
  void grow(const BlockDelta& event, std::string& out);
  void grow_thought(const BlockDelta& event, const Reasoning& thought, std::string& out);
  void end(const ChoiceEnd& event, std::string& out);
  void end(std::string& out);
  // One chunk with one choice; `delta` writes its members.
  template <class Delta>
  void chunk(std::int64_t choice, std::string& out, Delta delta, std::string_view logprobs = {});
  void head(json::Writer& writer) const;

  std::string id_, model_;
  std::int64_t created_;
  bool include_usage_, completions_;
  std::optional<Usage> usage_;
  std::map<std::int64_t, Choice> choices_;
};

}  // namespace tollgate::openai_chat
