// For tests/tokens/: counts texts. Standard input: the encoding's number and the form's (0 plain, 1 JSON, 2 ids), a byte each, then a length of
// four bytes, little endian, and the text; again until it ends. Standard output: for each the count, or how many ids
// and these, 32 bits each.
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "tokens/encoding.h"

using namespace tollgate;

namespace {

void write(std::uint32_t number) { std::fwrite(&number, sizeof number, 1, stdout); }

}  // namespace

int main() {
  unsigned char head[6];
  std::string text;
  while (std::fread(head, 1, sizeof head, stdin) == sizeof head) {
    text.resize(head[2] | head[3] << 8 | head[4] << 16 | static_cast<std::size_t>(head[5]) << 24);
    if (std::fread(text.data(), 1, text.size(), stdin) != text.size()) return 1;
    const Encoding& encoding = Encoding::of(static_cast<EncodingId>(head[0] % encoding_count));
    if (head[1] != 2) {
      write(static_cast<std::uint32_t>(head[1] == 1 ? encoding.count_json(text) : encoding.count(text)));
      continue;
    }
    auto ids = encoding.encode(text);
    write(static_cast<std::uint32_t>(ids.size()));
    for (std::uint32_t id : ids) write(id);
  }
}
