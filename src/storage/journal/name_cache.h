#pragma once
// A writer's own memory of names it has seen: text to id without a lock and, for known names, without allocation.
//
// A table of fixed size in which a new name displaces the one in its place; what is not here is asked of the
// Dictionary. Belongs to one thread. Forgetting a person (Dictionary::generation) empties it.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/journal/dictionary.h"

namespace tollgate {

class NameCache {
 public:
  explicit NameCache(Dictionary& names) : names_(names), places_(place_count) {}

  Result<std::uint32_t> word(std::string_view text);
  Result<std::uint64_t> person(std::string_view user);
  Result<std::uint32_t> tags(std::uint64_t person, const Tags& tags);

  // For rows that may not fail: a name that finds no place becomes lost_name.
  std::uint32_t word_or_lost(std::string_view text);

 private:
  static constexpr std::size_t place_count = 8192;
  struct Place {
    std::uint64_t id = 0;  // 0: empty
    std::uint64_t owner = 0;
    NameKind kind = NameKind::none;
    std::string text;
  };
  Place& place_of(NameKind kind, std::uint64_t owner, std::string_view text);
  static bool holds(const Place& place, NameKind kind, std::uint64_t owner, std::string_view text) {
    return place.id != 0 && place.kind == kind && place.owner == owner && place.text == text;
  }
  static void fill(Place& place, NameKind kind, std::uint64_t owner, std::string_view text, std::uint64_t id);
  void forget_all();

  Dictionary& names_;
  std::vector<Place> places_;
  std::string canonical_;  // kept for its capacity
  std::uint64_t generation_ = 0;
};

}  // namespace tollgate
