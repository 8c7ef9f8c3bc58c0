#include "gateway/outgoing.h"

#include <functional>
#include <utility>

namespace tollgate {

// A block that a framer had to put together lies in its own buffer, which is over at its next event.
void Outgoing::pass(std::string_view block) {
  bool lies_in_what_came = std::less_equal<>()(came_.data(), block.data()) &&
                           std::less_equal<>()(block.data() + block.size(), came_.data() + came_.size());
  if (!lies_in_what_came) {
    text().append(block);
  } else if (empty()) {
    run_ = block;
  } else if (!run_.empty() && run_.data() + run_.size() == block.data()) {
    run_ = {run_.data(), run_.size() + block.size()};
  } else {
    text().append(block);
  }
}

void Outgoing::keep() {
  text_.append(run_);
  run_ = {};
}

std::string_view Outgoing::take() {
  if (text_.empty()) return std::exchange(run_, {});
  keep();
  std::swap(text_, sent_);
  text_.clear();
  return sent_;
}

}  // namespace tollgate
