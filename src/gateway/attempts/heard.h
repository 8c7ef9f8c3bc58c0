#pragma once
// What of an answer has been understood, where it must be judged (cascade) or gone on with elsewhere (continue): its first choice.

#include <string>
#include <utility>
#include <vector>

#include "domain/stream_event.h"

namespace tollgate {

struct Heard {
  static constexpr std::size_t bytes_max = 1024 * 1024, calls_max = 128;

  std::string text{};
  std::vector<std::pair<std::string, std::string>> calls{};  // of tools: name, arguments as JSON
  FinishReason finish = FinishReason::none;
  bool refused = false;   // the model said so in words that the dialect has for it
  bool is_text = true;    // nothing but one text so far: no call, thought or picture, no second choice
  bool overflowed = false;  // there was more than is kept

  void take(const StreamEvent& event);
  static Heard of(const ChatResponse& response);

 private:
  void begin(const BlockStart& start);
  void grow(const BlockDelta& delta);
  void add_call(const ToolCall& call);
  void add(std::string& to, std::string_view more);
};

}  // namespace tollgate
