#pragma once
// What providers keep for callers under an id of theirs: stored responses, files, batches. Whose each is, and which account has it. One for
// the process, shared by its threads; asked only by the calls that name such an id. Bounded: the oldest is forgotten. It holds no text.
//
// It outlives a restart as JSON lines that the owner appends to a file and reads at start.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/text.h"

namespace tollgate {

enum class ObjectKind : std::uint8_t { response, file, batch };

// What a batch asks for, summed over its input file.
struct BatchWork {
  std::string model{};  // the provider's name of it; empty: it is no batch's input
  std::int64_t calls = 0;
  std::int64_t input = 0;   // most tokens
  std::int64_t output = 0;  // most tokens; 0: not bounded by the calls themselves
};

// Names, so that an id is good beyond a reload.
struct ProviderObject {
  ObjectKind kind = ObjectKind::response;
  std::string tenant{};  // tenant_of() the key that made it
  std::string provider{}, key{};
  std::int64_t tokens = 0;  // of a response, with all that it goes on with: who goes on with it reads no more of it; 0: not known
  BatchWork work{};      // of a batch and of its input
  std::string charge{};  // of a batch: id of the row that is to charge what it used; empty: not yet
  bool charged = false;  // that row is in the ledger
};

class ProviderObjects {
 public:
  static constexpr std::size_t default_max = 200'000;
  static constexpr std::size_t id_bytes_max = 256;
  explicit ProviderObjects(std::size_t max = default_max) : max_(max) {}

  // What is no id of letters, digits, `_` and `-` is not kept. An id that is another tenant's stays theirs.
  void keep(std::string_view id, ProviderObject object);
  // Another tenant's is as unknown as one that never was.
  std::optional<ProviderObject> find(std::string_view id, ObjectKind kind, std::string_view tenant) const;
  void forget(std::string_view id);

  // A batch's charge belongs to one caller at a time: false while another one is at it.
  bool begin_charge(std::string_view id);
  void end_charge(std::string_view id);

  // What was not written yet, a line for each change; all of it when `everything`.
  std::string take_lines(bool everything = false);
  // Lines as take_lines() gave them; what is no such line is passed over.
  void load(std::string_view lines);

 private:
  void put(std::string_view id, ProviderObject object);

  const std::size_t max_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, ProviderObject> objects_;
  std::deque<std::string> order_;  // of arrival; may name what was forgotten
  std::deque<std::string> charging_;
  std::string unwritten_;
};

}  // namespace tollgate
