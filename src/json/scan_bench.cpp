// How fast bodies are scanned, walked and written, in MB/s (10^6 bytes a second), and the time of one pass. Best of
// several rounds.

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

#include "json/document.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate::json {
namespace {

constexpr int rounds = 15;
constexpr std::size_t bytes_per_round = 30'000'000;

std::string repeated(std::string_view unit, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += unit;
  return text;
}

// A chat body whose messages hold `words`, `times` over in each.
std::string chat(std::string_view words, std::size_t times, int messages) {
  std::string body = R"({"model":"gpt-4o","temperature":0.2,"max_tokens":256,"stream":true,"user":"u-1","messages":[)";
  for (int i = 0; i < messages; ++i) {
    body += i ? R"(,{"role":"user","content":)" : R"({"role":"system","content":)";
    append_quoted(body, repeated(words, times));
    body += '}';
  }
  return body + "]}";
}

std::string tools(int count) {
  std::string body = R"({"model":"gpt-4o","messages":[],"tools":[)";
  for (int i = 0; i < count; ++i) {
    if (i) body += ',';
    body += R"({"type":"function","function":{"name":"get_weather","description":"Reads the weather","parameters":)"
            R"({"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":1}},)"
            R"("required":["city"]}}})";
  }
  return body + "]}";
}

std::string embedding(int size) {
  std::string body = R"({"object":"list","data":[{"index":0,"embedding":[)";
  for (int i = 0; i < size; ++i) body += (i ? "," : "") + std::string(i % 3 ? "-0.0123456789" : "1.2345678e-05");
  return body + "]}]}";
}

// `pass` once is as many bytes as `text`.
void measure(std::string_view what, std::string_view text, auto pass) {
  using Clock = std::chrono::steady_clock;
  std::size_t times = std::max<std::size_t>(1, bytes_per_round / text.size());
  double best_ns = 1e18;
  std::size_t kept = 0;
  for (int round = 0; round < rounds; ++round) {
    auto start = Clock::now();
    for (std::size_t i = 0; i < times; ++i) kept += pass();
    std::chrono::duration<double, std::nano> spent = Clock::now() - start;
    best_ns = std::min(best_ns, spent.count() / static_cast<double>(times));
  }
  double mb_per_s = static_cast<double>(text.size()) * 1e3 / best_ns;
  fmt::print("{:<42} {:>8} bytes {:>9.0f} MB/s {:>10.3f} us{}\n", what, text.size(), mb_per_s, best_ns / 1e3,
             kept ? "" : " !");
}

void measure_all(std::string_view name, const std::string& text) {
  std::array<Member, 32> members;
  std::size_t count = 0;
  measure(fmt::format("{} scan", name), text, [&] { return scan(text)->raw.size(); });
  measure(fmt::format("{} scan, duplicates let", name), text, [&] {
    return scan(text, {.refuse_duplicates = false})->raw.size();
  });
  measure(fmt::format("{} scan_object", name), text, [&] {
    auto value = scan_object(text, {}, members, count);
    return value ? count : 0;
  });
  Value value = *scan(text);
  measure(fmt::format("{} walk the members", name), text, [&] {
    std::size_t bytes = 0;
    for (const Member& member : Members(value)) bytes += member.value.raw.size();
    return bytes;
  });
  measure(fmt::format("{} tree", name), text, [&] { return Document::parse(text)->root().kind() == Kind::object; });
}

void run() {
  constexpr std::string_view prose =
      "The gateway reads each body once, decides by what it says, and hands the same bytes on to the provider. ";
  measure_all("1 kB of prose:", chat(prose, 4, 2));
  measure_all("32 kB of prose:", chat(prose, 20, 17));
  measure_all("1 MB of prose:", chat(prose, 500, 22));
  measure_all("lines with escapes:", chat("He said \"no\" and left.\n", 40, 30));
  measure_all("German:", chat("Die größte Überraschung war schön für Jürgen. ", 20, 30));
  measure_all("Chinese:", chat("今天天气很好我们一起去公园散步吧", 20, 30));
  measure_all("tools:", tools(100));
  measure_all("embedding:", embedding(1536));
  std::string text = repeated(prose, 100), out;
  measure("prose, written", text, [&] {
    out.clear();
    append_quoted(out, text);
    return out.size();
  });
}

}  // namespace
}  // namespace tollgate::json

int main() { tollgate::json::run(); }
