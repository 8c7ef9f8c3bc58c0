// What scan accepts, another parser accepts too and sees the same in it.
//
//   1. The input is scanned, with duplicate keys refused and let through; the first may accept only what the second
//      accepts.
//   2. A text that was accepted is read into a tree (simdjson), which must succeed.
//   3. Extents and tree are walked together: the same kinds, the same number of members and elements, the same keys and
//      strings.
//   4. scan_object finds the members that walking finds.
//   5. A text that was refused is walked all the same: no byte outside it may be read (address sanitizer), and walking
//      ends.

#include <array>
#include <cstdint>
#include <cstdlib>

#include "json/document.h"
#include "json/scan.h"

namespace tollgate::json {
namespace {

void require(bool truth) {
  if (!truth) std::abort();
}

void require_same(Value value, Node node) {
  require(node.is(value.kind));
  if (value.is(Kind::string)) require(value.string() == node.string());
  std::size_t count = 0;
  auto members = node.members();
  for (const Member& member : Members(value)) {
    require(count < members.size() && member.key_is(members[count].first));
    require_same(member.value, members[count++].second);
  }
  auto elements = node.elements();
  for (Value element : Elements(value)) {
    require(count < elements.size());
    require_same(element, elements[count++]);
  }
  require(count == members.size() + elements.size());
}

void require_members(std::string_view text, Value object) {
  std::array<Member, 16> recorded;
  std::size_t count = 0, walked = 0;
  require(scan_object(text, {.refuse_duplicates = false}, recorded, count).has_value());
  for (const Member& member : Members(object)) {
    if (walked < recorded.size()) {
      require(recorded[walked].raw_key == member.raw_key && recorded[walked].value.raw == member.value.raw);
      require(recorded[walked].value.kind == member.value.kind);
    }
    ++walked;
  }
  require(walked == count);
}

void walk_unchecked(std::string_view text) {
  std::size_t bytes = 0;
  for (const Member& member : Members({text, Kind::object})) bytes += member.key().size() + member.value.raw.size();
  require(bytes <= 2 * text.size());
  for (Value value : Elements({text, Kind::array})) bytes += value.string().value_or("").size();
  require(bytes <= 4 * text.size());
}

}  // namespace
}  // namespace tollgate::json

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tollgate::json;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  walk_unchecked(text);
  auto strict = scan(text);
  auto value = scan(text, {.refuse_duplicates = false});
  require(value.has_value() || !strict.has_value());
  if (!value) {
    require(value.error().offset <= size && !value.error().what.empty());
    return 0;
  }
  auto document = Document::parse(text, {.refuse_duplicates = false});
  require(document.has_value());
  require_same(*value, document->root());
  if (value->is(Kind::object)) require_members(text, *value);
  return 0;
}
