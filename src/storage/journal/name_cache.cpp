#include "storage/journal/name_cache.h"

#include <cstring>

#include "storage/journal/format.h"

namespace tollgate {
namespace {

// Eight bytes at a time: names are short, and a place shared by two names only costs a look into the dictionary.
std::uint64_t quick_hash(std::string_view text, std::uint64_t seed) {
  constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;
  std::uint64_t hash = (seed + text.size()) * odd;
  for (; text.size() >= sizeof hash; text.remove_prefix(sizeof hash)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    hash = (hash ^ word) * odd;
    hash ^= hash >> 32;
  }
  std::uint64_t rest = 0;
  std::memcpy(&rest, text.data(), text.size());
  hash = (hash ^ rest) * odd;
  return hash ^ (hash >> 32);
}

}  // namespace

void NameCache::forget_all() {
  generation_ = names_.generation();
  for (auto& place : places_) place.id = 0;
}

NameCache::Place& NameCache::place_of(NameKind kind, std::uint64_t owner, std::string_view text) {
  if (generation_ != names_.generation()) forget_all();
  return places_[quick_hash(text, owner + static_cast<std::uint64_t>(kind)) % place_count];
}

void NameCache::fill(Place& place, NameKind kind, std::uint64_t owner, std::string_view text, std::uint64_t id) {
  place.text.assign(text);
  place.kind = kind;
  place.owner = owner;
  place.id = id;
}

Result<std::uint32_t> NameCache::word(std::string_view text) {
  if (text.empty()) return no_name;
  Place& place = place_of(NameKind::word, 0, text);
  if (!holds(place, NameKind::word, 0, text)) {
    TG_TRY(id, names_.word(text));
    fill(place, NameKind::word, 0, text, id);
  }
  return static_cast<std::uint32_t>(place.id);
}

Result<std::uint64_t> NameCache::person(std::string_view user) {
  if (user.empty()) return 0;
  Place& place = place_of(NameKind::person, 0, user);
  if (!holds(place, NameKind::person, 0, user)) {
    TG_TRY(id, names_.person(user));
    fill(place, NameKind::person, 0, user, id);
  }
  return place.id;
}

Result<std::uint32_t> NameCache::tags(std::uint64_t person, const Tags& tags) {
  if (tags.empty()) return no_name;
  canonical_tags(tags, canonical_);
  Place& place = place_of(NameKind::tags, person, canonical_);
  if (!holds(place, NameKind::tags, person, canonical_)) {
    TG_TRY(id, names_.tags(person, tags, canonical_));
    fill(place, NameKind::tags, person, canonical_, id);
  }
  return static_cast<std::uint32_t>(place.id);
}

std::uint32_t NameCache::word_or_lost(std::string_view text) { return word(text).value_or(lost_name); }

}  // namespace tollgate
