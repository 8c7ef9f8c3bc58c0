#include "tokens/tokenizer_file_splitting.h"

#include <fmt/format.h>

#include "tokens/tokenizer_file_json.h"

namespace tollgate {

using namespace tokenizer_json;

namespace {

constexpr int depth_max = 8;
constexpr std::size_t steps_max = 32, replacement_bytes_max = 16;
constexpr std::string_view where = "pre_tokenizer";
// What OpenAI's GPT-2 splits by; ByteLevel has it built in.
constexpr std::string_view gpt2_words = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

bool is_visible(unsigned byte) { return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE; }

}  // namespace

char32_t file_byte_character(unsigned char byte) {
  if (is_visible(byte)) return byte;
  char32_t code = 256;
  for (unsigned other = 0; other < byte; ++other) code += is_visible(other) ? 0 : 1;
  return code;
}

std::optional<FileSplitting::Behavior> FileSplitting::behavior_of(std::string_view name) {
  if (name == "Removed") return Behavior::removed;
  if (name == "Isolated") return Behavior::isolated;
  if (name == "MergedWithPrevious") return Behavior::merged_with_previous;
  if (name == "MergedWithNext") return Behavior::merged_with_next;
  if (name == "Contiguous") return Behavior::contiguous;
  return std::nullopt;
}

Result<FileSplitting> FileSplitting::read(const json::Value& pre_tokenizer) {
  FileSplitting splitting;
  if (!pre_tokenizer.is(json::Kind::null)) TG_TRY_VOID(splitting.add(pre_tokenizer, 0));
  return splitting;
}

Result<void> FileSplitting::add_words(std::string_view pattern, Behavior behavior, bool invert) {
  TG_TRY(made, FilePattern::regex(pattern));
  steps_.push_back(Split{std::move(made), behavior, invert});
  return {};
}

Result<void> FileSplitting::add(const json::Value& part_of, int depth) {
  std::string type = text(part_of, "type");
  if (depth > depth_max || steps_.size() > steps_max) return bad(where, "too many parts");
  if (by_bytes_) return bad(where, "something stands behind ByteLevel");
  if (type == "Sequence") {
    for (const json::Value& inner : json::Elements(part(part_of, "pretokenizers"))) TG_TRY_VOID(add(inner, depth + 1));
    return {};
  }
  if (type == "Split") return add_split(part_of);
  if (type == "Metaspace") return add_metaspace(part_of);
  if (type == "ByteLevel") return add_byte_level(part_of);
  if (type == "Digits") return add_words(R"(\p{N})", flag(part_of, "individual_digits", false) ? Behavior::isolated : Behavior::contiguous);
  if (type == "Punctuation") return add_words(R"([!-/:-@\[-`{-~]|\p{P})", behavior_of(text(part_of, "behavior")).value_or(Behavior::isolated));
  if (type == "Whitespace") return add_words(R"(\w+|[^\w\s]+)", Behavior::removed, true);
  if (type == "WhitespaceSplit") return add_words(R"(\s)", Behavior::removed);
  if (type == "CharDelimiterSplit") {
    steps_.push_back(Split{FilePattern::literal(text(part_of, "delimiter")), Behavior::removed, false});
    return {};
  }
  return bad(where, fmt::format("'{}' is not known to this version", type));
}

Result<void> FileSplitting::add_split(const json::Value& split) {
  json::Value pattern = part(split, "pattern");
  auto behavior = behavior_of(text(split, "behavior"));
  if (!behavior) return bad(where, fmt::format("Split has the behavior '{}'", text(split, "behavior")));
  std::string words = text(pattern, "Regex"), literal = text(pattern, "String");
  if (words.empty() && literal.empty()) return bad(where, "Split has no pattern");
  bool invert = flag(split, "invert", false);
  if (!words.empty()) return add_words(words, *behavior, invert);
  steps_.push_back(Split{FilePattern::literal(literal), *behavior, invert});
  return {};
}

Result<void> FileSplitting::add_byte_level(const json::Value& level) {
  steps_.push_back(ByteLevel{flag(level, "add_prefix_space", true)});
  if (flag(level, "use_regex", true)) TG_TRY_VOID(add_words(gpt2_words, Behavior::isolated));
  by_bytes_ = true;
  return {};
}

// Files of before `prepend_scheme` say `add_prefix_space`.
Result<void> FileSplitting::add_metaspace(const json::Value& space) {
  std::string scheme = text(space, "prepend_scheme"), replacement = text(space, "replacement");
  if (replacement.empty() || replacement.size() > replacement_bytes_max) return bad(where, "Metaspace has no replacement, or a long one");
  if (scheme.empty()) scheme = flag(space, "add_prefix_space", true) ? "always" : "never";
  Prepend prepend = Prepend::always;
  if (scheme == "first") prepend = Prepend::first;
  else if (scheme == "never") prepend = Prepend::never;
  else if (scheme != "always") return bad(where, fmt::format("Metaspace has the prepend_scheme '{}'", scheme));
  steps_.push_back(Metaspace{replacement, prepend});
  if (flag(space, "split", true)) steps_.push_back(Split{FilePattern::literal(replacement), Behavior::merged_with_next, false});
  return {};
}

// Matches and what lies between them, in the order of the text, joined as the behavior says.
template <class Emit>
class FileSplitting::Segments {
 public:
  Segments(Behavior behavior, Emit emit) : behavior_(behavior), emit_(std::move(emit)) {}

  void add(std::size_t begin, std::size_t end, bool is_match) {
    if (joins(is_match)) {
      end_ = end;
    } else {
      flush();
      begin_ = begin, end_ = end, kept_ = behavior_ != Behavior::removed || !is_match;
    }
    matched_ = is_match;
  }
  void flush() {
    if (kept_ && end_ > begin_) emit_(begin_, end_);
    kept_ = false;
  }

 private:
  bool joins(bool is_match) const {
    if (!kept_) return false;
    switch (behavior_) {
      case Behavior::merged_with_previous: return is_match && !matched_;
      case Behavior::merged_with_next: return !is_match && matched_;
      case Behavior::contiguous: return is_match == matched_;
      case Behavior::removed: case Behavior::isolated: return false;
    }
    return false;
  }

  Behavior behavior_;
  Emit emit_;
  std::size_t begin_ = 0, end_ = 0;
  bool kept_ = false, matched_ = false;
};

// One text on its way through the steps.
struct FileSplitting::Walk {
  const std::vector<Step>& steps;
  const Take& take;
  bool whole = true;

  void go(std::size_t at, std::string_view text, bool first) {
    if (text.empty()) return;
    if (at == steps.size()) return take(text);
    std::visit([&](const auto& step) { through(step, at + 1, text, first); }, steps[at]);
  }

  void through(const ByteLevel& step, std::size_t next, std::string_view text, bool first) {
    if (!step.prefix_space || text.starts_with(' ')) return go(next, text, first);
    std::string spaced = " ";
    spaced += text;
    go(next, spaced, first);
  }

  void through(const Metaspace& step, std::size_t next, std::string_view text, bool first) {
    std::string spaced;
    spaced.reserve(text.size() + text.size() / 2 + step.replacement.size());
    bool wanted = step.prepend == Prepend::always || (step.prepend == Prepend::first && first);
    if (wanted && !text.starts_with(' ') && !text.starts_with(step.replacement)) spaced = step.replacement;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t space = std::min(text.find(' ', at), text.size());
      spaced += text.substr(at, space - at);
      if (space < text.size()) spaced += step.replacement;
      at = space + 1;
    }
    go(next, spaced, first);
  }

  void through(const Split& step, std::size_t next, std::string_view text, bool first) {
    Segments segments(step.behavior, [&](std::size_t begin, std::size_t end) { go(next, text.substr(begin, end - begin), first && begin == 0); });
    std::size_t at = 0;
    FilePattern::Match match;
    for (FilePattern::Search found; (found = step.pattern.find(text, at, match)) != FilePattern::Search::none; at = match.end) {
      if (found == FilePattern::Search::gave_up) {
        whole = false;
        break;
      }
      if (match.begin > at) segments.add(at, match.begin, step.invert);
      segments.add(match.begin, match.end, !step.invert);
    }
    if (at < text.size()) segments.add(at, text.size(), step.invert);
    segments.flush();
  }
};

bool FileSplitting::run(std::string_view text, bool first, const Take& take) const {
  Walk walk{steps_, take};
  walk.go(0, text, first);
  return walk.whole;
}

}  // namespace tollgate
