#pragma once
// A stream of Responses as events of the middle form: each content part, call and thought is a block.

#include <map>

#include "dialects/dialect.h"

namespace tollgate::openai_responses {

class ResponseEventReader final : public EventReader {
 public:
  void read(const Frame& frame, std::vector<StreamEvent>& out) override;
  std::optional<Error> end(std::vector<StreamEvent>& out) override;

 private:
  using Place = std::pair<std::int64_t, std::int64_t>;  // output_index, content_index
  struct Block {
    std::int64_t number = 0;
    bool grown = false;  // something of it came in pieces
  };

  void read_event(std::string_view type, const json::Value& root, std::vector<StreamEvent>& out);
  void begin_item(const json::Value& root, std::vector<StreamEvent>& out);
  void end_item(const json::Value& root, std::vector<StreamEvent>& out);
  void end_answer(const json::Value& answer, std::vector<StreamEvent>& out);
  Block* begin(Place place, Part part, std::vector<StreamEvent>& out);
  void grow(Place place, Part kind, BlockDelta delta, std::vector<StreamEvent>& out);
  void close(Place place, std::vector<StreamEvent>& out);
  void fail_with(Error error, std::vector<StreamEvent>& out);

  std::map<Place, Block> open_;
  std::int64_t next_ = 0;
  bool started_ = false, called_ = false, over_ = false;
};

}  // namespace tollgate::openai_responses
