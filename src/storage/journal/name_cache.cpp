#include "storage/journal/name_cache.h"

#include "storage/journal/format.h"

namespace tollgate {

void NameCache::forget_when_told() {
  if (generation_ == names_.generation()) return;
  generation_ = names_.generation();
  for (auto& place : places_) place.id = 0;
}

NameCache::Place& NameCache::place_of(NameKind kind, std::uint64_t owner, std::string_view text) {
  forget_when_told();
  std::uint64_t hash = std::hash<std::string_view>{}(text) ^ (owner + static_cast<std::uint64_t>(kind)) * 0x9E3779B97F4A7C15;
  return places_[(hash ^ (hash >> 32)) % place_count];
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
