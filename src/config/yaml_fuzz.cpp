// How it works:
// 1. The input is read as a settings file; it must come out as a tree or as faults, never both, never neither.
// 2. Every place lies within the text, counted from 1.
// 3. Every name of a map is found again by its text.

#include <cstdint>
#include <cstdlib>

#include "config/yaml.h"

namespace {

using tollgate::config::Node;

void require(bool good) {
  if (!good) std::abort();
}

void check(const Node& node, int lines) {
  require(node.place.line >= 1 && node.place.line <= lines && node.place.column >= 1);
  require(node.kind != Node::Kind::map || node.keys.size() == node.items.size());
  for (const Node& key : node.keys) require(node.key(key.text) == &key);
  for (const Node& item : node.items) check(item, lines);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  tollgate::config::Faults faults("fuzz");
  auto root = tollgate::config::parse_yaml(text, faults);
  require(root.has_value() != faults.any_error());
  int lines = 2;  // a break may be LF, CR, CR LF, NEL, LS or PS; the end may stand one further
  for (char c : text) lines += c == '\n' || c == '\r' || (c & 0x80) != 0;
  if (root) check(*root, lines);
  return 0;
}
