// What counting costs, one thread, CPU time. Without arguments, from the repository's root: texts made of docs/ and src/, and the worst cases.
// With arguments ENCODING FILE: the texts of a file (a length of four bytes, then the text), for bench/tokens.py; prints one line of JSON.
//
//   cold  each text once, after 8 MiB of other memory have been walked over; half of the texts have been counted before, and are not measured
//   warm  all texts, the median of five passes
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "tokens/encoding.h"
#include "tokens/message_cache.h"

using namespace tollgate;

namespace {

using Texts = std::vector<std::string>;

std::int64_t cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

void forget_caches() {
  static std::vector<char> other(8u << 20);
  for (std::size_t i = 0; i < other.size(); i += 64) other[i] = static_cast<char>(other[i] + 1);
}

struct Result {
  std::int64_t tokens = 0, cold_ns = 0, warm_ns = 0;
};

// The first half of the texts is counted before, so that the program is in use.
Result measure(const Encoding& encoding, Texts texts) {
  Result result;
  encoding.count("one");
  for (std::size_t i = 0; i < texts.size() / 2; ++i) encoding.count(texts[i]);
  texts.erase(texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(texts.size() / 2));
  for (const std::string& text : texts) {
    forget_caches();
    std::int64_t before = cpu_ns();
    result.tokens += encoding.count(text);
    result.cold_ns += cpu_ns() - before;
  }
  std::vector<std::int64_t> passes;
  for (int pass = 0; pass < 5; ++pass) {
    std::int64_t before = cpu_ns(), tokens = 0;
    for (const std::string& text : texts) tokens += encoding.count(text);
    passes.push_back(cpu_ns() - before);
    if (tokens != result.tokens) std::fprintf(stderr, "counts differ\n");
  }
  std::nth_element(passes.begin(), passes.begin() + 2, passes.end());
  result.warm_ns = passes[2];
  return result;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string all_of(const char* folder, std::string_view extension) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.path().extension() == extension) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::string text;
  for (const auto& path : paths) text += read(path);
  return text;
}

// Sizes of 1 to 8 KiB in turn.
Texts pieces_of(const std::string& text) {
  Texts pieces;
  for (std::size_t at = 0, size = 1024; at + size < text.size() && pieces.size() < 400; at += size, size = size % 8192 + 1024) pieces.push_back(text.substr(at, size));
  return pieces;
}

std::string repeated(std::string_view unit, std::size_t size) {
  std::string text;
  while (text.size() + unit.size() <= size) text += unit;
  return text;
}

// Letters without order, as one word.
std::string letters(std::size_t size) {
  std::string text;
  for (std::uint32_t state = 1; text.size() < size;) text += static_cast<char>('a' + (state = state * 1664525 + 1013904223) / 7 % 256 % 26);
  return text;
}

void print(std::string_view name, const Texts& texts, const Encoding& encoding, double& prose) {
  Result result = measure(encoding, texts);
  double bytes = 0;
  for (const std::string& text : std::span(texts).subspan(texts.size() / 2)) bytes += static_cast<double>(text.size());
  double cold = static_cast<double>(result.cold_ns) / bytes, warm = static_cast<double>(result.warm_ns) / bytes;
  if (prose == 0) prose = warm;
  fmt::print("| {} | {:.0f} | {:.2f} | {:.2f} | {:.0f} | {:.2f} |\n", name, bytes / 1024, bytes / static_cast<double>(result.tokens), cold, 1000 / warm, warm / prose);
}

// A conversation of 128 KiB in 32 messages, counted again and again, as each turn has it.
void print_history(const Encoding& encoding) {
  MessageHash hash = MessageHash::random();
  std::string text = all_of("docs", ".md");
  Texts messages;
  for (std::size_t i = 0; i < 32 && (i + 1) * 4096 <= text.size(); ++i) messages.push_back(text.substr(i * 4096, 4096));
  std::vector<std::int64_t> first, again;
  for (int round = 0; round < 21; ++round) {
    MessageCache cache(hash, 1024);
    for (auto* took : {&first, &again}) {
      std::int64_t before = cpu_ns(), tokens = 0;
      for (const std::string& message : messages) tokens += cache.count(encoding, message, TextForm::plain);
      took->push_back(cpu_ns() - before);
    }
  }
  for (auto* took : {&first, &again}) std::nth_element(took->begin(), took->begin() + 10, took->end());
  fmt::print("\nhistory of {} KiB: first {:.0f} us, again {:.1f} us, {:.0f} times less\n", messages.size() * 4, static_cast<double>(first[10]) / 1000, static_cast<double>(again[10]) / 1000,
             static_cast<double>(first[10]) / static_cast<double>(again[10]));
}

int measure_file(const std::string& name, const std::string& path) {
  std::string bytes = read(path);
  Texts texts;
  for (std::size_t at = 0; at + 4 <= bytes.size();) {
    std::size_t size = 0;
    for (int i = 3; i >= 0; --i) size = size << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
    texts.push_back(bytes.substr(at + 4, size));
    at += 4 + size;
  }
  Result result = measure(Encoding::of(name == "o200k_base" ? EncodingId::o200k_base : EncodingId::cl100k_base), texts);
  fmt::print("{{\"tokens\": {}, \"cold_ns\": {}, \"warm_ns\": {}}}\n", result.tokens, result.cold_ns, result.warm_ns);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 3) return measure_file(arguments[1], arguments[2]);
  constexpr std::size_t mebibyte = 1 << 20;
  for (EncodingId id : {EncodingId::o200k_base, EncodingId::cl100k_base}) {
    std::int64_t before = cpu_ns();
    const Encoding& encoding = Encoding::of(id);
    fmt::print("\n{}: tables built in {:.1f} ms\n\n| text | KiB | bytes/token | cold ns/byte | warm MB/s | x prose |\n| --- | --- | --- | --- | --- | --- |\n", encoding.name(),
               static_cast<double>(cpu_ns() - before) / 1e6);
    double prose = 0;
    print("prose (docs/), 1-8 KiB", pieces_of(all_of("docs", ".md")), encoding, prose);
    print("code (src/), 1-8 KiB", pieces_of(all_of("src", ".cpp")), encoding, prose);
    for (auto [name, unit] : {std::pair{"a", "a"}, {"_", "_"}, {"space", " "}, {"line end", "\n"}, {"!?", "!?"}, {"Chinese sign", "的"}, {"Chinese", "我们的人民在这里生活"}, {"emoji", "😀"}, {"ab", "ab"}})
      print(fmt::format("1 MiB of {}", name), {repeated(unit, mebibyte)}, encoding, prose);
    print("1 MiB of letters", {letters(mebibyte)}, encoding, prose);
    print_history(encoding);
  }
}
