#include "storage/journal/dictionary.h"

#include <cstring>

#include <fmt/format.h>

#include "storage/journal/format.h"

namespace tollgate {
namespace {

std::string key_of(NameKind kind, std::uint64_t owner, std::string_view text) {
  std::string key(1 + sizeof owner, static_cast<char>(kind));
  std::memcpy(key.data() + 1, &owner, sizeof owner);
  return key.append(text);
}

std::string tag_payload(const std::vector<std::pair<std::uint32_t, std::uint64_t>>& parts) {
  std::string payload;
  for (auto [name, value] : parts) {
    payload.append(reinterpret_cast<const char*>(&name), sizeof name);
    payload.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  return payload;
}

std::vector<std::pair<std::uint32_t, std::uint64_t>> tag_parts(std::string_view payload) {
  constexpr std::size_t part_bytes = sizeof(std::uint32_t) + sizeof(std::uint64_t);
  std::vector<std::pair<std::uint32_t, std::uint64_t>> parts(payload.size() / part_bytes);
  for (auto& [name, value] : parts) {
    std::memcpy(&name, payload.data(), sizeof name);
    std::memcpy(&value, payload.data() + sizeof name, sizeof value);
    payload.remove_prefix(part_bytes);
  }
  return parts;
}

std::string erased(std::uint64_t id) { return fmt::format("erased-{:016x}", id); }

}  // namespace

void canonical_tags(const Tags& tags, std::string& out) {
  out.clear();
  for (const auto& [name, value] : tags)
    for (const std::string* part : {&name, &value}) {
      auto size = static_cast<std::uint16_t>(part->size());
      out.append(reinterpret_cast<const char*>(&size), sizeof size).append(*part);
    }
}

Dictionary::Dictionary(Disk& disk, ValueSealer& sealer, Settings settings)
    : disk_(disk), sealer_(sealer), settings_(std::move(settings)) {}

Result<std::unique_ptr<Dictionary>> Dictionary::open(Disk& disk, ValueSealer& sealer, Settings settings) {
  std::unique_ptr<Dictionary> names(new Dictionary(disk, sealer, std::move(settings)));
  TG_TRY(scan, scan_names(disk, 0, [&](NameEntry entry) { names->remember(entry); }));
  names->read_to_ = scan.end;
  if (names->settings_.mode == Mode::read) return names;
  if (scan.torn) TG_TRY_VOID(disk.cut(names_file, scan.end));
  TG_TRY(file, disk.open_append(names_file));
  names->file_ = std::move(file);
  names->written_ = scan.end;
  TG_TRY_VOID(names->sync());
  return names;
}

Result<std::uint32_t> Dictionary::word(std::string_view text) {
  if (text.empty()) return no_name;
  TG_TRY(id, find_or_add(NameKind::word, 0, text, {}));
  return static_cast<std::uint32_t>(id);
}

Result<std::uint64_t> Dictionary::person(std::string_view user) {
  if (user.empty()) return 0;
  return find_or_add(NameKind::person, 0, user, {});
}

Result<std::uint32_t> Dictionary::tags(std::uint64_t person, const Tags& tags, std::string_view canonical) {
  if (tags.empty()) return no_name;
  TagIds parts;
  for (const auto& [name, value] : tags) {
    TG_TRY(name_id, word(name));
    if (value.empty()) {
      parts.emplace_back(name_id, 0);
      continue;
    }
    TG_TRY(value_id, find_or_add(NameKind::value, person, value, {}));
    parts.emplace_back(name_id, value_id);
  }
  TG_TRY(id, find_or_add(NameKind::tags, person, canonical, parts));
  return static_cast<std::uint32_t>(id);
}

Dictionary::Shard& Dictionary::shard_of(std::string_view key) {
  return shards_[std::hash<std::string_view>{}(key) % shard_count];
}
const Dictionary::Shard& Dictionary::shard_of(std::string_view key) const {
  return shards_[std::hash<std::string_view>{}(key) % shard_count];
}

std::optional<std::uint32_t> Dictionary::find_word(std::string_view text) const {
  std::string key = key_of(NameKind::word, 0, text);
  const Shard& shard = shard_of(key);
  std::lock_guard lock(shard.mutex);
  auto found = shard.ids.find(key);
  return found == shard.ids.end() ? std::nullopt : std::optional(static_cast<std::uint32_t>(found->second));
}

Result<std::uint64_t> Dictionary::find_or_add(NameKind kind, std::uint64_t owner, std::string_view text,
                                              const TagIds& parts) {
  std::string key = key_of(kind, owner, text);
  Shard& shard = shard_of(key);
  std::lock_guard lock(shard.mutex);
  if (auto found = shard.ids.find(key); found != shard.ids.end()) return found->second;
  TG_TRY(id, add(kind, owner, text, parts));
  shard.ids.emplace(std::move(key), id);
  return id;
}

// REQUIRES: the shard's lock is held.
Result<std::uint64_t> Dictionary::add(NameKind kind, std::uint64_t owner, std::string_view text, const TagIds& parts) {
  std::lock_guard lock(file_mutex_);
  if (file_ == nullptr) return fail(Fault::internal, "the ledger's names are open for reading only");
  if (size() >= settings_.max_names) return fail(Fault::unavailable, "the ledger's dictionary of names is full");
  NameEntry entry{.kind = kind, .owner = owner};
  if (kind == NameKind::person || kind == NameKind::value) {
    entry.id = random_id();
    if (kind == NameKind::person) entry.owner = entry.id;
    TG_TRY(sealed, sealer_.seal(entry.owner, text));
    entry.payload = std::move(sealed);
  } else {
    entry.id = newest_small_id() + 1;
    entry.payload = kind == NameKind::tags ? tag_payload(parts) : std::string(text);
  }
  if (entry.payload.size() > max_name_bytes) return fail(Fault::invalid_request, "a name is too long");
  TG_TRY_VOID(write(entry));
  if (kind == NameKind::word || kind == NameKind::tags) newest_small_id_.store(static_cast<std::uint32_t>(entry.id));
  remember_text(kind, entry.id, entry.owner, std::string(text), parts);
  return entry.id;
}

std::uint64_t Dictionary::random_id() {
  std::shared_lock lock(texts_mutex_);
  for (;;) {
    std::uint64_t id = settings_.random();
    if (id != 0 && !personal_.contains(id)) return id;
  }
}

Result<void> Dictionary::write(const NameEntry& entry) {
  if (torn_) TG_TRY_VOID(disk_.cut(names_file, written_.load()));  // nothing may follow a torn end
  torn_ = false;
  std::string bytes = encode(entry, durable_.load(std::memory_order_relaxed));
  if (auto wrote = file_->append(bytes); !wrote) {
    torn_ = true;
    return wrote;
  }
  written_.fetch_add(bytes.size(), std::memory_order_release);
  return {};
}

Result<void> Dictionary::sync() {
  std::uint64_t written = written_.load(std::memory_order_acquire);
  if (written == durable_.load(std::memory_order_relaxed)) return {};
  TG_TRY_VOID(sealer_.sync());  // no name may outlive the key that sealed it
  TG_TRY_VOID(file_->sync());
  durable_.store(written, std::memory_order_relaxed);
  return {};
}

Result<void> Dictionary::refresh() {
  if (settings_.mode == Mode::write) return {};
  TG_TRY(scan, scan_names(disk_, read_to_, [&](NameEntry entry) { remember(entry); }));
  read_to_ = scan.end;
  return {};
}

Result<void> Dictionary::leave_hole(std::uint32_t id) {
  if (id <= newest_small_id() || id == lost_name) return {};
  {
    std::lock_guard lock(file_mutex_);
    TG_TRY_VOID(write({.kind = NameKind::hole, .id = id}));
    newest_small_id_.store(id);
  }
  return sync();
}

Result<void> Dictionary::forget(std::uint64_t person) {
  TG_TRY_VOID(sealer_.forget(person));
  for (auto& shard : shards_) {
    std::lock_guard lock(shard.mutex);
    std::erase_if(shard.ids, [&](const auto& item) {
      bool own_name = item.first[0] == static_cast<char>(NameKind::person) && item.second == person;
      return own_name || std::memcmp(item.first.data() + 1, &person, sizeof person) == 0;
    });
  }
  std::lock_guard lock(texts_mutex_);
  for (auto& [id, personal] : personal_)
    if (personal.owner == person) personal.text.clear();
  generation_.fetch_add(1, std::memory_order_release);
  return {};
}

// Takes up an entry of the file.
void Dictionary::remember(const NameEntry& entry) {
  bool sealed = entry.kind == NameKind::person || entry.kind == NameKind::value;
  if (!sealed && entry.kind != NameKind::word && entry.kind != NameKind::tags && entry.kind != NameKind::hole) return;
  if (!sealed && entry.id > newest_small_id()) newest_small_id_.store(static_cast<std::uint32_t>(entry.id));
  if (entry.kind == NameKind::hole) return;
  if (sealed) {
    auto text = sealer_.open(entry.owner, entry.payload);
    remember_text(entry.kind, entry.id, entry.owner, text.value_or(""), {});
    if (text) remember_id(entry.kind, entry.kind == NameKind::person ? 0 : entry.owner, *text, entry.id);
    return;
  }
  if (entry.kind == NameKind::word) {
    remember_text(entry.kind, entry.id, 0, entry.payload, {});
    return remember_id(entry.kind, 0, entry.payload, entry.id);
  }
  remember_text(entry.kind, entry.id, entry.owner, {}, tag_parts(entry.payload));
  std::string canonical;
  canonical_tags(tags_of(static_cast<std::uint32_t>(entry.id)), canonical);
  remember_id(entry.kind, entry.owner, canonical, entry.id);
}

void Dictionary::remember_text(NameKind kind, std::uint64_t id, std::uint64_t owner, std::string text, TagIds parts) {
  std::lock_guard lock(texts_mutex_);
  count_.fetch_add(1, std::memory_order_relaxed);
  auto small = static_cast<std::uint32_t>(id);
  if (kind == NameKind::word)
    words_.insert_or_assign(small, std::move(text));
  else if (kind == NameKind::tags)
    tag_sets_.insert_or_assign(small, std::move(parts));
  else
    personal_.insert_or_assign(id, Personal{owner, std::move(text)});
}

void Dictionary::remember_id(NameKind kind, std::uint64_t owner, std::string_view text, std::uint64_t id) {
  std::string key = key_of(kind, owner, text);
  Shard& shard = shard_of(key);
  std::lock_guard lock(shard.mutex);
  shard.ids.insert_or_assign(std::move(key), id);
}

std::string Dictionary::word_text(std::uint32_t id) const {
  if (id == no_name) return {};
  std::shared_lock lock(texts_mutex_);
  auto found = words_.find(id);
  return found == words_.end() ? "(lost)" : found->second;
}

std::string Dictionary::person_text(std::uint64_t id) const {
  if (id == 0) return {};
  std::shared_lock lock(texts_mutex_);
  auto found = personal_.find(id);
  return found == personal_.end() || found->second.text.empty() ? erased(id) : found->second.text;
}

Tags Dictionary::tags_of(std::uint32_t id) const {
  TagIds parts;
  {
    std::shared_lock lock(texts_mutex_);
    auto found = tag_sets_.find(id);
    if (found == tag_sets_.end()) return {};
    parts = found->second;
  }
  Tags tags;
  for (auto [name, value] : parts) tags.emplace_back(word_text(name), person_text(value));
  return tags;
}

std::vector<std::uint64_t> Dictionary::persons_named(std::string_view user) const {
  std::vector<std::uint64_t> ids;
  std::shared_lock lock(texts_mutex_);
  for (const auto& [id, personal] : personal_)
    if (personal.owner == id && personal.text == user) ids.push_back(id);
  return ids;
}

}  // namespace tollgate
