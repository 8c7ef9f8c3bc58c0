#include "tokens/tokenizer_file_normalizer.h"

#include <fmt/format.h>

#include "tokens/tokenizer_file_json.h"

namespace tollgate {

using namespace tokenizer_json;

namespace {

constexpr int depth_max = 8;
constexpr std::size_t steps_max = 32, content_bytes_max = 64;
constexpr std::string_view where = "normalizer";

}  // namespace

Result<FileNormalizer> FileNormalizer::read(const json::Value& normalizer) {
  FileNormalizer made;
  if (!normalizer.is(json::Kind::null)) TG_TRY_VOID(made.add(normalizer, 0));
  return made;
}

Result<void> FileNormalizer::add(const json::Value& part_of, int depth) {
  std::string type = text(part_of, "type");
  if (depth > depth_max || steps_.size() > steps_max) return bad(where, "too many parts");
  if (type == "Sequence") {
    for (const json::Value& inner : json::Elements(part(part_of, "normalizers"))) TG_TRY_VOID(add(inner, depth + 1));
    return {};
  }
  if (type == "Replace") return add_replace(part_of);
  if (type == "Prepend") {
    steps_.push_back(Prepend{text(part_of, "prepend")});
    if (text(part_of, "prepend").size() > content_bytes_max) return bad(where, "Prepend has a long text");
  } else if (type == "NFC") steps_.push_back(UnicodeForm::nfc);
  else if (type == "NFD") steps_.push_back(UnicodeForm::nfd);
  else if (type == "NFKC") steps_.push_back(UnicodeForm::nfkc);
  else if (type == "NFKD") steps_.push_back(UnicodeForm::nfkd);
  else if (type == "Lowercase") steps_.push_back(Lowercase{});
  else if (type == "StripAccents") steps_.push_back(StripAccents{});
  else if (type == "Strip") steps_.push_back(Strip{flag(part_of, "strip_left", true), flag(part_of, "strip_right", true)});
  else return bad(where, fmt::format("'{}' is not known to this version", type));
  return {};
}

Result<void> FileNormalizer::add_replace(const json::Value& replace) {
  json::Value pattern = part(replace, "pattern");
  std::string words = text(pattern, "Regex"), literal = text(pattern, "String"), content = text(replace, "content");
  if (words.empty() && literal.empty()) return bad(where, "Replace has no pattern");
  if (content.size() > content_bytes_max) return bad(where, "Replace has a long content");
  if (words.empty()) {
    steps_.push_back(Replace{FilePattern::literal(literal), content});
    return {};
  }
  TG_TRY(made, FilePattern::regex(words));
  steps_.push_back(Replace{std::move(made), content});
  return {};
}

FileNormalizer::Normalized FileNormalizer::apply(std::string_view text) const {
  Normalized made{.text = std::string(text)};
  for (const Step& step : steps_) std::visit([&](const auto& one) { apply(one, made); }, step);
  return made;
}

void FileNormalizer::apply(const Prepend& step, Normalized& to) {
  if (!to.text.empty()) to.text.insert(0, step.text);
}

void FileNormalizer::apply(const Replace& step, Normalized& to) {
  std::string out;
  out.reserve(to.text.size());
  std::size_t at = 0;
  FilePattern::Match match;
  for (FilePattern::Search found; (found = step.pattern.find(to.text, at, match)) != FilePattern::Search::none; at = match.end) {
    if (found == FilePattern::Search::gave_up) {
      to.whole = false;
      break;
    }
    out.append(to.text, at, match.begin - at).append(step.content);
  }
  to.text = out.append(to.text, at);
}

void FileNormalizer::apply(const UnicodeForm& step, Normalized& to) { to.whole = in_form(step, to.text) && to.whole; }

void FileNormalizer::apply(const Lowercase&, Normalized& to) { to.text = in_lower_case(to.text); }

void FileNormalizer::apply(const StripAccents&, Normalized& to) { to.text = without_accents(to.text); }

void FileNormalizer::apply(const Strip& step, Normalized& to) {
  if (step.right) to.text.resize(to.text.size() - spaces_at_end(to.text));
  if (!step.left) return;
  std::size_t spaces = spaces_at_start(to.text);
  to.same_start = to.same_start && spaces == 0;
  to.text.erase(0, spaces);
}

}  // namespace tollgate
