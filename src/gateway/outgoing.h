#pragma once
// What goes out of a stream next. Blocks that lie one after another in what was just read go out as one view of it, uncopied;
// everything else is put together in a text. Both memories are the exchange's, so that they serve the next one too.

#include <string>
#include <string_view>

namespace tollgate {

class Outgoing {
 public:
  // `text` gathers, `sent` is what the client's connection holds now. Both outlive it.
  Outgoing(std::string& text, std::string& sent) : text_(text), sent_(sent) { text_.clear(); }

  // What was read last: blocks inside it may go out uncopied until the next read.
  void came(std::string_view bytes) { came_ = bytes; }
  void pass(std::string_view block);
  // To append to, behind all that passed.
  std::string& text() {
    keep();
    return text_;
  }
  // Copies what still lies in what came: it is about to be over.
  void keep();

  bool empty() const { return run_.empty() && text_.empty(); }
  std::size_t size() const { return run_.size() + text_.size(); }
  // What is to go out now. Valid until the next read, and behind it until the next take().
  std::string_view take();

 private:
  std::string& text_;
  std::string& sent_;
  std::string_view came_;
  std::string_view run_;  // blocks that lie one after another in came_
};

}  // namespace tollgate
