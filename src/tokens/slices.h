#pragma once
// Counts a long text a slice at a time, so that a loop can do other work in between. Together the slices count what the whole counts.
//
//   for (Slices slices(encoding, text, TextForm::json); !slices.done();) slices.next();   // await between them
//
// A slice is what counting 64 KiB costs, also inside a single word of megabytes. Only such a word is first looked through at one go, up to its
// end (1 to 5 ms for a MiB); when it also holds escapes or bytes that are no UTF-8, it is written to the heap.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "tokens/encoding.h"
#include "tokens/text_forms.h"

namespace tollgate {

class Slices {
 public:
  static constexpr std::size_t slice_bytes = 64 * 1024;

  // Both must outlive it.
  Slices(const Encoding& encoding, std::string_view text, TextForm form);
  ~Slices();
  Slices(const Slices&) = delete;
  Slices& operator=(const Slices&) = delete;

  bool done() const { return rest_.empty() && stretch_.empty() && long_ == nullptr; }
  // REQUIRES: not done.
  void next();
  // Of what was counted so far.
  std::int64_t tokens() const { return tokens_; }

 private:
  struct Long;
  void begin_stretch(std::string_view slice);
  void next_pieces();
  void next_of_long();

  const Encoding& encoding_;
  std::string_view rest_;
  TextForm form_;
  std::string written_;        // the stretch, where it is not as it stands in the text
  std::string_view stretch_;   // valid UTF-8 without a place to cut, longer than two slices
  std::unique_ptr<Long> long_;  // a piece of it that is longer than a slice
  std::int64_t tokens_ = 0;
};

}  // namespace tollgate
