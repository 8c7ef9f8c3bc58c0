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

// The templates of Qwen, GLM and others leave it out of later turns.
std::string_view thoughts_in(std::string_view raw) {
  constexpr std::string_view begin = "<think>", end = "</think>";
  if (!raw.starts_with(begin)) return {};
  auto at = raw.find(end);
  return at == raw.npos ? std::string_view() : raw.substr(0, at + end.size());
}

}  // namespace

PromptTokens prompt_tokens(const json::Value& root, const TextTokenizer& tokenizer, CountedFor purpose) {
  struct Sums {
    const TextTokenizer& tokenizer;
    CountedFor purpose;
    PromptTokens counted{};
    TextCount texts{tokenizer};

    void add(const PromptText& text) {
      texts.add(text);
      if (purpose == CountedFor::itself) return;
      counted.marks += marks_in(text.raw);
      counted.thoughts += remembered().count(tokenizer, thoughts_in(text.raw), TextForm::json);
    }
    void add_tool(std::string_view raw) { counted.tools += remembered().count(tokenizer, raw, TextForm::plain); }
  };
  Sums sums{tokenizer, purpose};
  // One reference each: more would not fit into a std::function without the heap.
  sums.counted.form = each_prompt_text(root, [&sums](const PromptText& text) { sums.add(text); }, [&sums](std::string_view raw) { sums.add_tool(raw); });
  sums.texts.end();
  sums.counted.texts = sums.texts.tokens;
  return std::move(sums.counted);
}

LongPrompt::LongPrompt(const json::Value& root, const TextTokenizer& tokenizer, CountedFor purpose) : tokenizer_(tokenizer) {
  bool continued = false;  // the last text is one of joined_
  std::size_t last = 0;    // its piece: others may stand in between
  auto take = [&](const PromptText& text) {
    if (!text.continues || pieces_.empty()) {
      last = pieces_.size();
      pieces_.push_back({text.raw, TextForm::json, &PromptTokens::texts});
      continued = false;
    } else {
      if (!continued) joined_.emplace_back(pieces_[last].text);
      continued = true;
      joined_.back() += text.raw;
      pieces_[last].text = joined_.back();
    }
    if (purpose == CountedFor::itself) return;
    counted_.marks += marks_in(text.raw);
    if (auto thoughts = thoughts_in(text.raw); !thoughts.empty()) pieces_.push_back({thoughts, TextForm::json, &PromptTokens::thoughts});
  };
  counted_.form = each_prompt_text(root, take, [&](std::string_view raw) { pieces_.push_back({raw, TextForm::plain, &PromptTokens::tools}); });
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

void LongPrompt::end(std::int64_t tokens) { counted_.*pieces_[at_++].sum += tokens; }

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
