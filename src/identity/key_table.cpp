#include "identity/key_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "crypto/random.h"

namespace tollgate {
namespace {

constexpr std::size_t max_doublings = 8;  // of the bucket count: never seen to need more than one

std::uint64_t word_of(const crypto::Digest& digest, std::size_t index) {
  std::uint64_t word = 0;
  std::memcpy(&word, digest.data() + 8 * index, sizeof word);
  return word;
}

std::uint64_t tag_of(const crypto::Digest& digest) { return word_of(digest, 0); }

bool visible_ascii(char c) { return c > ' ' && c < '\x7f'; }

}  // namespace

std::string_view credential_text_fault(std::string_view text) {
  if (text.empty()) return "is empty";
  if (text.size() > max_credential_bytes) return "is longer than 4096 bytes";
  if (!std::all_of(text.begin(), text.end(), visible_ascii))
    return "has a blank, a control character or a letter outside ASCII";
  if (text.find(',') != std::string_view::npos) return "has a comma, which separates credentials in a header";
  return {};
}

std::size_t KeyTable::bucket_of(const crypto::Digest& digest) const {
  return word_of(digest, 1) & (buckets_.size() - 1);
}

const VirtualKey* KeyTable::find(std::string_view credential, WallTime now) const {
  const crypto::Digest digest = hash_.of(credential);
  const Bucket& bucket = buckets_[bucket_of(digest)];
  const std::uint64_t tag = tag_of(digest);
  std::uint32_t found = 0;
  for (std::size_t i = 0; i < places; ++i) {
    const std::uint32_t mask = 0u - static_cast<std::uint32_t>(bucket.tags[i] == tag);
    found |= bucket.entries[i] & mask;  // tags of a bucket differ, so at most one place adds something
  }
  const Entry& entry = entries_[found];
  const bool same = crypto::constant_time_equal(crypto::bytes_of(entry.digest), crypto::bytes_of(digest));
  if (!same || found == 0 || now.ns >= entry.until_ns) return nullptr;
  return &keys_[entry.key];
}

const VirtualKey* KeyTable::named(std::string_view name) const {
  auto at = names_.find(name);
  return at == names_.end() ? nullptr : &keys_[at->second];
}

// False when a bucket would be over-full or hold one tag twice.
bool KeyTable::fill(std::size_t bucket_count) {
  buckets_.assign(bucket_count, Bucket{});
  for (std::uint32_t i = 1; i < entries_.size(); ++i) {
    Bucket& bucket = buckets_[bucket_of(entries_[i].digest)];
    const std::uint64_t tag = tag_of(entries_[i].digest);
    auto* place = std::find(bucket.entries.begin(), bucket.entries.end(), 0u);
    const auto used = place - bucket.entries.begin();
    if (place == bucket.entries.end() ||
        std::find(bucket.tags.begin(), bucket.tags.begin() + used, tag) != bucket.tags.begin() + used)
      return false;
    *place = i;
    bucket.tags[static_cast<std::size_t>(used)] = tag;
  }
  return true;
}

KeyTableBuilder::KeyTableBuilder(const crypto::Key& pepper) : table_(pepper) {
  KeyTable::Entry nobody{.digest = {}, .until_ns = INT64_MIN, .key = 0};
  crypto::fill_random(nobody.digest);
  table_.entries_.push_back(nobody);
}

Result<void> KeyTableBuilder::add(VirtualKey key, std::string_view secret) {
  if (auto fault = credential_text_fault(secret); !fault.empty())
    return fail(Fault::invalid_request, fmt::format("the secret of key `{}` {}", key.name, fault), key.name);
  const KeyDigest digest{.digest = table_.hash_.of(secret)};
  return add(std::move(key), {&digest, 1});
}

Result<void> KeyTableBuilder::add(VirtualKey key, std::span<const KeyDigest> digests) {
  auto& keys = table_.keys_;
  if (table_.entries_.size() + digests.size() > max_keys)
    return fail(Fault::overloaded, fmt::format("more than {} keys", max_keys));
  const auto index = static_cast<std::uint32_t>(keys.size());
  if (!table_.names_.emplace(key.name, index).second)
    return fail(Fault::invalid_request, fmt::format("two keys are named `{}`", key.name), key.name);
  for (const KeyDigest& digest : digests)
    table_.entries_.push_back({digest.digest, digest.until ? digest.until->ns : INT64_MAX, index});
  keys.push_back(std::move(key));
  return {};
}

Result<void> KeyTableBuilder::check_distinct() const {
  std::vector<const KeyTable::Entry*> sorted;
  for (const auto& entry : table_.entries_) sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->digest < b->digest; });
  auto twin = std::adjacent_find(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->digest == b->digest; });
  if (twin == sorted.end()) return {};
  return fail(Fault::invalid_request,
              fmt::format("keys `{}` and `{}` have the same secret", table_.keys_[(*twin)->key].name,
                          table_.keys_[(*(twin + 1))->key].name));
}

Result<KeyTable> KeyTableBuilder::build() && {
  TG_TRY_VOID(check_distinct());
  std::size_t count = std::bit_ceil(std::max<std::size_t>(1, table_.entries_.size() / 2));
  for (std::size_t i = 0; i < max_doublings; ++i, count *= 2)
    if (table_.fill(count)) return std::move(table_);
  return fail(Fault::internal, "the table of keys cannot be built");
}

}  // namespace tollgate
