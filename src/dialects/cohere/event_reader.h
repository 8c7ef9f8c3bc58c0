#pragma once
// A stream of Cohere's chat as events of the middle form.

#include <map>

#include "dialects/dialect.h"

namespace tollgate::cohere {

class ChatEventReader final : public EventReader {
 public:
  void read(const Frame& frame, std::vector<StreamEvent>& out) override;
  std::optional<Error> end(std::vector<StreamEvent>& out) override;

 private:
  enum class Sort : std::uint8_t { content, plan, call };
  using Place = std::pair<Sort, std::int64_t>;  // sort and Cohere's index

  void begin(Place place, Part part, std::vector<StreamEvent>& out);
  void grow(Place place, Part kind, BlockDelta delta, std::vector<StreamEvent>& out);
  void close(Place place, std::vector<StreamEvent>& out);
  void finish(const json::Value& delta, std::vector<StreamEvent>& out);
  void fail_with(Error error, std::vector<StreamEvent>& out);

  std::map<Place, std::int64_t> open_;  // numbers of blocks
  std::int64_t next_ = 0;
  std::optional<std::int64_t> last_text_;
  bool started_ = false, over_ = false;
};

}  // namespace tollgate::cohere
