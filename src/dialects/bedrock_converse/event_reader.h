#pragma once
// A ConverseStream as events of the middle form. Only tool calls are announced; texts and thoughts begin with their first delta, and
// the usage comes behind the stop (quirks 78, 79).

#include <map>

#include "dialects/dialect.h"

namespace tollgate::bedrock_converse {

class ConverseEventReader final : public EventReader {
 public:
  void read(const Frame& frame, std::vector<StreamEvent>& out) override;
  std::optional<Error> end(std::vector<StreamEvent>& out) override;

 private:
  void read_event(std::string_view name, const json::Value& root, std::vector<StreamEvent>& out);
  void grow(std::int64_t index, const json::Value& delta, std::vector<StreamEvent>& out);
  void begin(std::int64_t index, Part part, std::vector<StreamEvent>& out);
  void close(std::int64_t index, std::vector<StreamEvent>& out);
  void finish(std::vector<StreamEvent>& out);
  void fail_with(Error error, std::vector<StreamEvent>& out);

  std::map<std::int64_t, std::int64_t> open_;  // numbers of blocks by Bedrock's index
  std::int64_t next_ = 0;
  std::optional<std::string> stopped_;         // the reason, once it came
  bool started_ = false, over_ = false;
};

}  // namespace tollgate::bedrock_converse
