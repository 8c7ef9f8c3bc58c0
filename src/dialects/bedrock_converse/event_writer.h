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

  std::map<std::int64_t, Part> open_;
  std::optional<Usage> usage_;
  FinishReason finish_ = FinishReason::stop;
  bool begun_ = false;
};

}  // namespace tollgate::bedrock_converse
