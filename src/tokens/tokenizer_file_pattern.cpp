#include "tokens/tokenizer_file_pattern.h"

#include <fmt/format.h>

#include <array>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace tollgate {
namespace {

constexpr std::uint32_t match_limit = 10'000'000, depth_limit = 10'000;  // of one match: far more than a pattern of words needs in a MiB
constexpr std::size_t pattern_bytes_max = 16 * 1024;

// One search of one thread: room for the whole match, and the limits.
class Room {
 public:
  Room() : data_(pcre2_match_data_create(1, nullptr)), context_(pcre2_match_context_create(nullptr)) {
    pcre2_set_match_limit(context_, match_limit);
    pcre2_set_depth_limit(context_, depth_limit);
  }
  ~Room() {
    pcre2_match_data_free(data_);
    pcre2_match_context_free(context_);
  }
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  int search(const pcre2_code* code, std::string_view text, std::size_t from) {
    return pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from, PCRE2_NO_UTF_CHECK, data_, context_);
  }
  const std::size_t* ends() const { return pcre2_get_ovector_pointer(data_); }

 private:
  pcre2_match_data* data_;
  pcre2_match_context* context_;
};

}  // namespace

FilePattern FilePattern::literal(std::string_view text) {
  FilePattern pattern;
  pattern.literal_ = text;
  return pattern;
}

Result<FilePattern> FilePattern::regex(std::string_view oniguruma) {
  if (oniguruma.size() > pattern_bytes_max) return fail(Fault::invalid_request, fmt::format("a pattern has more than {} bytes", pattern_bytes_max));
  TG_TRY(words, pcre2_of(oniguruma));
  std::unique_ptr<pcre2_compile_context, decltype(&pcre2_compile_context_free)> context(pcre2_compile_context_create(nullptr), pcre2_compile_context_free);
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
  int error = 0;
  std::size_t place = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(words.data()), words.size(), PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &error, &place, context.get());
  if (code == nullptr) {
    std::array<PCRE2_UCHAR, 128> why{};
    pcre2_get_error_message(error, why.data(), why.size());
    return fail(Fault::invalid_request, fmt::format("the pattern {} cannot be read: {}", oniguruma, reinterpret_cast<const char*>(why.data())));
  }
  FilePattern pattern;
  pattern.code_ = std::shared_ptr<void>(code, [](void* made) { pcre2_code_free(static_cast<pcre2_code*>(made)); });
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);  // where it cannot, it is interpreted
  return pattern;
}

FilePattern::Search FilePattern::find(std::string_view text, std::size_t from, Match& match) const {
  if (code_ == nullptr) {
    std::size_t at = literal_.empty() ? text.npos : text.find(literal_, from);
    if (at == text.npos) return Search::none;
    match = {at, at + literal_.size()};
    return Search::found;
  }
  thread_local Room room;
  while (from < text.size()) {
    int result = room.search(static_cast<const pcre2_code*>(code_.get()), text, from);
    if (result == PCRE2_ERROR_NOMATCH) return Search::none;
    if (result < 0) return Search::gave_up;
    match = {room.ends()[0], room.ends()[1]};
    if (match.end > match.begin) return Search::found;
    from = std::max(from, match.end) + 1;
    while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0) == 0x80) ++from;
  }
  return Search::none;
}

}  // namespace tollgate
