#pragma once
// A stream as AWS's SDKs follow it.

#include <map>

#include "dialects/dialect.h"

namespace tollgate::bedrock_converse {

class ConverseEventWriter final : public EventWriter {
 public:
  void write(const StreamEvent& event, std::string& out) override;

 private:
  void begin_message(std::string& out);
  void begin(const BlockStart& start, std::string& out);
  void grow(const BlockDelta& delta, std::string& out);
  void end(const BlockEnd& ended, std::string& out);
  void finish(std::string& out);

  struct Block {
    Part kind;
    std::int64_t index = 0;
  };

  void tell_signature(std::int64_t index, const Reasoning& thought, std::string& out);
  void tell_end(std::int64_t index, std::string& out);

  std::map<std::int64_t, Block> open_;
  std::int64_t next_ = 0;  // index of the next block
  std::optional<Usage> usage_;
  FinishReason finish_ = FinishReason::stop;
  bool begun_ = false;
};

}  // namespace tollgate::bedrock_converse
