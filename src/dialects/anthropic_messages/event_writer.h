#pragma once
// A stream as Anthropic's SDKs follow it: message_start, then one block after another, message_delta with the reason and the usage,
// message_stop. Blocks that are open at a time are told one after another: the later ones wait until the first is over.

#include <deque>
#include <map>

#include "dialects/dialect.h"

namespace tollgate::anthropic_messages {

class MessageEventWriter final : public EventWriter {
 public:
  explicit MessageEventWriter(const AnswerFacts& facts);
  void write(const StreamEvent& event, std::string& out) override;

 private:
  // A block that waits, or is being told.
  struct Block {
    Part kind;
    std::vector<BlockDelta> waiting;
    bool ended = false;
  };

  void begin_message(std::string& out);
  void begin(const BlockStart& event, std::string& out);
  void grow(const BlockDelta& event, std::string& out);
  void end(const BlockEnd& event, std::string& out);
  void finish(const ChoiceEnd& event, std::string& out);
  void close(std::string& out);

  void tell_next(std::string& out);
  void tell_start(const Part& kind, std::string& out);
  void tell_delta(const Part& kind, const BlockDelta& delta, std::string& out);
  void tell_end(std::string& out);
  void tell_signature_of(const ToolCall& call, std::string& out);

  std::string id_, model_;
  std::optional<Usage> usage_;
  std::optional<ChoiceEnd> finish_;
  std::map<std::int64_t, Block> blocks_;
  std::deque<std::int64_t> queue_;      // blocks that are not told yet, the first one is being told
  std::int64_t index_ = 0;              // of the block being told
  bool begun_ = false, telling_ = false;
};

}  // namespace tollgate::anthropic_messages
