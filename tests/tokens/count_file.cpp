// For tests/tokens/: counts texts with a tokenizer.json, the only argument. Standard input: a length of four bytes, little endian, and the text;
// again until it ends. Standard output: for each the count, 32 bits, its highest bit set where it is not exact. What keeps the file from being
// used goes to standard error, with exit status 1.
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "tokens/tokenizer_file.h"

using namespace tollgate;

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::ifstream file(argv[1], std::ios::binary);
  auto tokenizer = TokenizerFile::read(std::string(std::istreambuf_iterator<char>(file), {}));
  if (!tokenizer) {
    std::fprintf(stderr, "%s\n", tokenizer.error().detail.c_str());
    return 1;
  }
  unsigned char head[4];
  std::string text;
  while (std::fread(head, 1, sizeof head, stdin) == sizeof head) {
    text.resize(head[0] | head[1] << 8 | head[2] << 16 | static_cast<std::size_t>(head[3]) << 24);
    if (std::fread(text.data(), 1, text.size(), stdin) != text.size()) return 1;
    TokenizerFile::Count count = (*tokenizer)->count(text);
    std::uint32_t number = static_cast<std::uint32_t>(count.tokens) | (count.exact ? 0 : 1u << 31);
    std::fwrite(&number, sizeof number, 1, stdout);
  }
}
