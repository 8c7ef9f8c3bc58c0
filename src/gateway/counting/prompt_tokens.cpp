#include "gateway/counting/prompt_tokens.h"

#include "tokens/message_cache.h"

namespace tollgate {
namespace {

constexpr std::size_t messages_remembered = 4096;  // of one thread: 128 KiB

MessageCache& remembered() {
  static const MessageHash hash = MessageHash::random();
  thread_local MessageCache cache(hash, messages_remembered);
  return cache;
}

// Counts texts, of which some go on where the one before them ended. Call end() behind the last.
class TextCount {
 public:
  explicit TextCount(const TextTokenizer& tokenizer) : tokenizer_(tokenizer) {}

  void add(const PromptText& text) {
    if (!text.continues) {
      end();
      last_ = text.raw;
      return;
    }
    if (joined_.empty()) joined_ = last_;
    joined_ += text.raw;
  }
  void end() {
    tokens += remembered().count(tokenizer_, joined_.empty() ? last_ : joined_, TextForm::json);
    last_ = {};
    joined_.clear();
  }
  std::int64_t tokens = 0;

 private:
  const TextTokenizer& tokenizer_;
  std::string_view last_;
  std::string joined_;  // of several
};

}  // namespace

PromptTokens prompt_tokens(const json::Value& root, const TextTokenizer& tokenizer) {
  PromptTokens counted;
  TextCount texts(tokenizer);
  counted.form = each_prompt_text(root, [&](const PromptText& text) { texts.add(text); },
                                  [&](std::string_view raw) { counted.tools += remembered().count(tokenizer, raw, TextForm::plain); });
  texts.end();
  counted.texts = texts.tokens;
  return counted;
}

LongPrompt::LongPrompt(const json::Value& root, const TextTokenizer& tokenizer) : tokenizer_(tokenizer) {
  bool continued = false;  // the last text is one of joined_
  std::size_t last = 0;    // its piece: tools may stand in between
  counted_.form = each_prompt_text(
      root,
      [&](const PromptText& text) {
        if (!text.continues || pieces_.empty()) {
          last = pieces_.size();
          pieces_.push_back({text.raw, TextForm::json, false});
          continued = false;
          return;
        }
        if (!continued) joined_.emplace_back(pieces_[last].text);
        continued = true;
        joined_.back() += text.raw;
        pieces_[last].text = joined_.back();
      },
      [&](std::string_view raw) { pieces_.push_back({raw, TextForm::plain, true}); });
}

bool LongPrompt::step() {
  for (std::size_t done = 0; done < Slices::slice_bytes;) {
    if (slices_ != nullptr || file_slices_ != nullptr) {
      next_slice();
      done += Slices::slice_bytes;
    } else if (at_ == pieces_.size()) {
      return false;
    } else {
      done += pieces_[at_].text.size();
      begin(pieces_[at_]);
    }
  }
  return true;
}

void LongPrompt::begin(const Piece& piece) {
  if (piece.text.size() <= Slices::slice_bytes) return end(remembered().count(tokenizer_, piece.text, piece.form));
  if (std::int64_t known = remembered().find(tokenizer_, piece.text, piece.form).tokens; known >= 0) return end(known);
  if (const Encoding* encoding = tokenizer_.encoding())
    slices_ = std::make_unique<Slices>(*encoding, piece.text, piece.form);
  else
    file_slices_ = std::make_unique<TokenizerFileSlices>(*tokenizer_.file(), piece.text, piece.form);
}

void LongPrompt::end(std::int64_t tokens) { (pieces_[at_++].tool ? counted_.tools : counted_.texts) += tokens; }

void LongPrompt::next_slice() {
  auto go_on = [&](auto& slices) {
    slices->next();
    if (!slices->done()) return;
    const Piece& piece = pieces_[at_];
    remembered().put(remembered().find(tokenizer_, piece.text, piece.form), slices->tokens());
    end(slices->tokens());
    slices.reset();
  };
  if (slices_ != nullptr) return go_on(slices_);
  go_on(file_slices_);
}

}  // namespace tollgate
