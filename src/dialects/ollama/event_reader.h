#pragma once
// Lines of a stream as events of the middle form. Calls come whole.

#include "dialects/dialect.h"

namespace tollgate::ollama {

class LineReader final : public EventReader {
 public:
  void read(const Frame& frame, std::vector<StreamEvent>& out) override;
  std::optional<Error> end(std::vector<StreamEvent>& out) override;

 private:
  enum class Open : std::uint8_t { nothing, text, thought };
  void grow(Open kind, std::string text, std::vector<StreamEvent>& out);
  void close(std::vector<StreamEvent>& out);
  void tell_call(ToolCall call, std::vector<StreamEvent>& out);
  void finish(const json::Value& root, std::vector<StreamEvent>& out);

  std::int64_t next_ = 0;  // number of the next block
  Open open_ = Open::nothing;
  bool started_ = false, called_ = false, over_ = false;
};

}  // namespace tollgate::ollama
