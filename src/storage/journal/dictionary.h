#pragma once
// The journal's names: text here, a number in the records.
//
//   words            names out of the configuration and the like, in clear; small ids
//   persons, values  users and tag values; random 64-bit ids that say nothing, the text sealed with the person's key
//   tags             a whole set of tags of one person; small ids
//
// A new name is written to names.dict before its id is given out, so it survives a kill before any record can use it;
// sync() runs before each group commit, so it survives a power cut before any record that uses it does. Names never
// change and are never removed; erasing a person deletes the key, after which the texts read "erased-…" and a new call
// gets a new id.
//
// Known names are looked up in each writer's NameCache without a lock; the first sight takes a lock here. At most
// `max_names` names: beyond, new ones are refused with Fault::unavailable, so nobody is served unrecorded.

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "domain/caller.h"
#include "ports/disk.h"
#include "storage/journal/names_file.h"
#include "storage/journal/sealer.h"

namespace tollgate {

constexpr std::size_t default_max_names = 1'000'000;

class Dictionary {
 public:
  enum class Mode : std::uint8_t { read, write };  // one writing process at a time; reading ones may follow it
  struct Settings {
    Mode mode = Mode::write;
    std::size_t max_names = default_max_names;
    std::function<std::uint64_t()> random{};  // for ids of persons and values; needed to write
  };

  // Reads all names. In write mode it cuts a torn end. The disk and the sealer must outlive it.
  static Result<std::unique_ptr<Dictionary>> open(Disk& disk, ValueSealer& sealer, Settings settings);

  // The id of a name, made at first sight. Empty text is id 0. Any thread.
  Result<std::uint32_t> word(std::string_view text);
  Result<std::uint64_t> person(std::string_view user);
  // `canonical` is canonical_tags(tags), which callers have at hand.
  Result<std::uint32_t> tags(std::uint64_t person, const Tags& tags, std::string_view canonical);

  // The text behind an id. Any thread. What cannot be opened reads "erased-…", what a full dictionary refused "(lost)".
  std::string word_text(std::uint32_t id) const;
  std::string person_text(std::uint64_t id) const;
  Tags tags_of(std::uint32_t id) const;
  // The id of a word that is known already.
  std::optional<std::uint32_t> find_word(std::string_view text) const;
  // Persons that had this name: more than one after an erasure that was undone by a new call. Only readable ones.
  std::vector<std::uint64_t> persons_named(std::string_view user) const;

  // Makes all names given out so far durable. Called by the committer before each group. A failure is final.
  Result<void> sync();
  // Reading mode: takes up what was written since; nothing in writing mode.
  Result<void> refresh();
  // Small ids up to `id` are taken, whatever the file knows of them. Durable when it returns.
  Result<void> leave_hole(std::uint32_t id);
  // Deletes the person's key and every text that it sealed from memory.
  Result<void> forget(std::uint64_t person);

  std::uint32_t newest_small_id() const { return newest_small_id_.load(std::memory_order_relaxed); }
  std::size_t size() const { return count_.load(std::memory_order_relaxed); }
  // Grows when a person was forgotten: caches of names are then empty.
  std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

 private:
  struct Personal {
    std::uint64_t owner = 0;
    std::string text;  // empty: cannot be opened
  };
  struct Shard {
    mutable std::mutex mutex;
    std::map<std::string, std::uint64_t, std::less<>> ids;  // by kind, owner and text
  };
  using TagIds = std::vector<std::pair<std::uint32_t, std::uint64_t>>;
  static constexpr std::size_t shard_count = 16;

  Dictionary(Disk& disk, ValueSealer& sealer, Settings settings);
  Result<std::uint64_t> find_or_add(NameKind kind, std::uint64_t owner, std::string_view text, const TagIds& parts);
  Result<std::uint64_t> add(NameKind kind, std::uint64_t owner, std::string_view text, const TagIds& parts);
  Result<void> write(const NameEntry& entry);
  std::uint64_t random_id();
  void remember(const NameEntry& entry);
  void remember_text(NameKind kind, std::uint64_t id, std::uint64_t owner, std::string text, TagIds parts);
  void remember_id(NameKind kind, std::uint64_t owner, std::string_view text, std::uint64_t id);
  Shard& shard_of(std::string_view key);
  const Shard& shard_of(std::string_view key) const;

  Disk& disk_;
  ValueSealer& sealer_;
  Settings settings_;
  std::array<Shard, shard_count> shards_;

  std::mutex file_mutex_;  // taken inside a shard's lock, never the other way round
  std::unique_ptr<AppendFile> file_;
  bool torn_ = false;                                     // an append failed half-way
  std::uint64_t read_to_ = 0;                             // reading mode
  std::atomic<std::uint64_t> written_ = 0, durable_ = 0;  // bytes of the file
  std::atomic<std::uint32_t> newest_small_id_ = 0;
  std::atomic<std::size_t> count_ = 0;
  std::atomic<std::uint64_t> generation_ = 0;

  mutable std::shared_mutex texts_mutex_;
  std::unordered_map<std::uint32_t, std::string> words_;
  std::unordered_map<std::uint64_t, Personal> personal_;
  std::unordered_map<std::uint32_t, TagIds> tag_sets_;
};

// One text for equal sets of tags, which cannot be confused with another set's.
void canonical_tags(const Tags& tags, std::string& out);

}  // namespace tollgate
