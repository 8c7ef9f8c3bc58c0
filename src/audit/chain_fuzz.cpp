// 1  a chain of eight lines is made
// 2  the input changes it: each four bytes are a place, a way (overwrite, put in, take out) and a byte
// 3  the checker must not accept a text that differs, and must not read beyond it
// 4  the raw input is also read as lines and as a checkpoint

#include <cstdint>
#include <cstdlib>
#include <string>

#include "audit/chain.h"
#include "audit/checkpoint.h"
#include "base/text.h"

namespace {

using namespace tollgate;

struct Made {
  std::string text;
  ChainHead head;
  Made() {
    for (int number = 0; number < 8; ++number)
      chain_line(text, head, {.at = {1'800'000'000'000'000'000}}, R"({"kind":"request","id":"req_1","key":"search-dev"})", nullptr);
  }
};

bool accepted(const std::string& text, const ChainHead& head) {
  ChainChecker checker({}, {{head, "the checkpoint"}});
  if (!text.ends_with('\n')) return false;
  for (std::string_view line : split(std::string_view(text).substr(0, text.size() - 1), '\n'))
    if (checker.line(std::string(line))) return false;
  return !checker.finish() && checker.head() == head;
}

std::string changed(std::string text, std::string_view input) {
  for (; input.size() >= 4; input.remove_prefix(4)) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(input[at]); };
    if (text.empty()) return text;
    const std::size_t at = (byte(0) << 8 | byte(1)) % text.size();
    if (byte(2) % 3 == 0) text[at] = input[3];
    if (byte(2) % 3 == 1) text.insert(at, 1, input[3]);
    if (byte(2) % 3 == 2) text.erase(at, byte(3) % 64);
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Made made;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string text = changed(made.text, input);
  if (accepted(text, made.head) != (text == made.text)) std::abort();
  if (auto view = read_audit_line(std::string(input))) std::ignore = hash_of(*view);
  if (read_signed_head(input, SignedHeadKind::checkpoint, {})) std::abort();
  return 0;
}
