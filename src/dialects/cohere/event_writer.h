#pragma once
// A stream as Cohere's SDKs follow it: message-start, blocks with their start, deltas and end, message-end.

#include <map>

#include "dialects/dialect.h"

namespace tollgate::cohere {

class ChatEventWriter final : public EventWriter {
 public:
  explicit ChatEventWriter(const AnswerFacts& facts) : id_(to_string(facts.id)) {}
  void write(const StreamEvent& event, std::string& out) override;

 private:
  struct Block {
    Part kind;
    std::int64_t index = 0;
  };

  // An event of a block; `fill` writes what its delta's message holds.
  template <class Fill>
  void of_block(std::string& out, std::string_view type, std::int64_t index, Fill fill);
  void begin_message(std::string& out);
  void begin(const BlockStart& start, std::string& out);
  void grow(const BlockDelta& delta, std::string& out);
  void end(const BlockEnd& ended, std::string& out);
  void finish(std::string& out);
  void fail_with(const Error& error, std::string& out);

  std::string id_;
  std::map<std::int64_t, Block> open_;
  std::int64_t contents_ = 0, calls_ = 0;
  std::optional<Usage> usage_;
  FinishReason finish_ = FinishReason::stop;
  bool begun_ = false;
};

}  // namespace tollgate::cohere
