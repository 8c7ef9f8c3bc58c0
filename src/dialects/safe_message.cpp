#include "dialects/safe_message.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace tollgate {
namespace {

// A run of letters and digits this long that mixes both is taken for a token, an id or a hash.
constexpr std::size_t opaque_run_bytes = 20;

// Compared in lower case. The starts of keys are those of the providers' own key formats.
constexpr std::array<std::string_view, 34> marks = {
    "://",  "www.",  "::",        "</",           "/>",         "<html",   "<body", "<!",   "<p>",
    "<h1",  "<head", "traceback", "stack trace",  "goroutine ", ".py\"",   ".py:",  ".go:", ".java:",
    ".js:", ".rs:",  ".cpp:",     "exception in", "****",       "bearer ", "sk-",   "sk_",  "gsk_",
    "xai-", "pplx-", "aiza",      "hf_",          "eyj",        "akia",    "ya29."};

constexpr std::array<std::string_view, 5> key_words = {"key provided", "api key:", "api_key=", "key=", "token:"};

// The last part of a host name. Not a complete list of domains: names inside companies end in anything, so addresses
// with a port are caught apart.
constexpr std::array<std::string_view, 22> host_ends = {
    "com", "net", "org", "io", "ai", "dev", "cloud", "internal", "local", "svc",  "app",
    "co",  "us",  "eu",  "de", "uk", "cn",  "fr",    "jp",       "lan",   "corp", "localdomain"};

bool is_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_host_char(char c) { return is_alnum(c) || c == '.' || c == '-'; }

bool has_mark(std::string_view text) {
  auto found = [&](std::string_view mark) { return text.find(mark) != std::string_view::npos; };
  return std::any_of(marks.begin(), marks.end(), found) || std::any_of(key_words.begin(), key_words.end(), found) ||
         found("localhost");
}

bool has_opaque_run(std::string_view text) {
  std::size_t run = 0;
  bool letter = false, digit = false;
  for (char c : text) {
    if (!is_alnum(c)) {
      run = 0;
      letter = digit = false;
      continue;
    }
    letter |= !is_digit(c);
    digit |= is_digit(c);
    if (++run >= opaque_run_bytes && letter && digit) return true;
  }
  return false;
}

// At least four numbers joined by dots.
bool is_ipv4(std::string_view word) {
  return std::count(word.begin(), word.end(), '.') == 3 &&
         std::all_of(word.begin(), word.end(), [](char c) { return is_digit(c) || c == '.'; });
}

bool is_host(std::string_view word, std::string_view behind) {
  while (word.ends_with('.') || word.ends_with('-')) word.remove_suffix(1);
  if (is_ipv4(word)) return true;
  bool port = behind.size() > 1 && behind[0] == ':' && is_digit(behind[1]);
  if (port && std::any_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; })) return true;
  std::size_t dot = word.rfind('.');
  if (dot == std::string_view::npos) return false;
  return std::find(host_ends.begin(), host_ends.end(), word.substr(dot + 1)) != host_ends.end();
}

bool has_host(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_host_char(text[end])) ++end;
    if (end > at && is_host(text.substr(at, end - at), text.substr(end))) return true;
    at = end + 1;
  }
  return false;
}

// A word that begins with a slash and has another one.
bool has_path(std::string_view text) {
  for (std::size_t at = text.find('/'); at != std::string_view::npos; at = text.find('/', at + 1)) {
    bool begins = at == 0 || text[at - 1] == ' ' || text[at - 1] == '\'' || text[at - 1] == '"' || text[at - 1] == '(';
    std::string_view word = text.substr(at, text.find_first_of(" '\")", at) - at);
    if (begins && std::count(word.begin(), word.end(), '/') > 1) return true;
  }
  return false;
}

bool is_harmful(std::string_view sentence) {
  std::string text = lower(sentence);
  return has_mark(text) || has_opaque_run(text) || has_host(text) || has_path(text);
}

// The end of the first sentence: behind its full stop, or the end of its line.
std::size_t sentence_end(std::string_view text) {
  std::size_t stop = text.find(". "), line = text.find('\n');
  std::size_t end = std::min(stop == std::string_view::npos ? text.size() : stop + 1, text.size());
  return std::min(end, line);
}

bool is_text(std::string_view text) {
  auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return std::none_of(text.begin(), text.end(), control) && valid_utf8(text);
}

// The words that fit, for a sentence that is too long as a whole.
std::string shortened(std::string_view sentence) {
  constexpr std::string_view ellipsis = " ...";
  std::size_t blank = sentence.rfind(' ', max_safe_message_bytes - ellipsis.size());
  if (blank == std::string_view::npos) return {};
  return std::string(sentence.substr(0, blank)).append(ellipsis);
}

}  // namespace

std::string safe_message(std::string_view text) {
  std::string out;
  text = trimmed(text);
  while (!text.empty()) {
    std::string_view sentence = trimmed(text.substr(0, sentence_end(text)));
    if (sentence.empty() || !is_text(sentence) || is_harmful(sentence)) break;
    if (out.size() + sentence.size() + 1 > max_safe_message_bytes) {
      if (out.empty()) out = shortened(sentence);
      break;
    }
    if (!out.empty()) out += ' ';
    out += sentence;
    text = trimmed(text.substr(sentence_end(text)));
    if (!text.empty() && text.front() == '\n') break;
  }
  return out;
}

bool is_plain_word(std::string_view text, std::size_t max_bytes) {
  auto plain = [](char c) { return is_alnum(to_lower(c)) || c == '_' || c == '.' || c == '-' || c == '[' || c == ']'; };
  bool word = !text.empty() && text.size() <= max_bytes && std::all_of(text.begin(), text.end(), plain);
  return word && !is_harmful(text);
}

}  // namespace tollgate
