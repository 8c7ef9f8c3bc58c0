#pragma once
// A stream of the Messages API as events of the middle form. Its blocks are ours, renumbered: envelopes that belong to tool calls are
// kept back and put onto the call behind them.

#include <map>

#include "dialects/anthropic_messages/usage.h"
#include "dialects/dialect.h"

namespace tollgate::anthropic_messages {

class MessageEventReader final : public EventReader {
 public:
  void read(const Frame& frame, std::vector<StreamEvent>& out) override;
  std::optional<Error> end(std::vector<StreamEvent>& out) override;

 private:
  struct Block {
    std::int64_t number = 0;
    Part kind;
    bool has_arguments = false;
    std::string foreign_input;  // of server-side tools: pieces of their input
  };

  void read_start(const json::Value& root, std::vector<StreamEvent>& out);
  void begin_block(const json::Value& root, std::vector<StreamEvent>& out);
  void grow_block(const json::Value& root, std::vector<StreamEvent>& out);
  void end_block(const json::Value& root, std::vector<StreamEvent>& out);
  void read_message_delta(const json::Value& root, std::vector<StreamEvent>& out);
  void fail_with(Error error, std::vector<StreamEvent>& out);

  UsageReader usage_;
  std::map<std::int64_t, Block> open_;  // by Anthropic's index
  std::int64_t next_ = 0;
  bool started_ = false, finished_ = false, over_ = false;
};

}  // namespace tollgate::anthropic_messages
