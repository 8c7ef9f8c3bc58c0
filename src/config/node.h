#pragma once
// A configuration file as a small tree that remembers where each value stands, so that every fault can name its place.

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate::config {

// Counted from 1, as editors do; columns in characters.
struct Place {
  int line = 1;
  int column = 1;
};

struct Node {
  enum class Kind { null, scalar, list, map };

  Kind kind = Kind::null;
  Place place{};
  std::string text{};         // of a scalar
  bool quoted = false;        // scalar: written in quotes or as a block
  std::vector<Node> items{};  // of a list; of a map its values
  std::vector<Node> keys{};   // of a map: scalars, one for each item, no two equal

  std::vector<std::uint32_t> by_name{};  // of a map: its positions in order of their names, for look-ups in long maps

  // What is written under this name, or null.
  const Node* find(std::string_view name) const;
  const Node* key(std::string_view name) const;
  // To be called when a map is whole.
  void index_names();

 private:
  std::optional<std::size_t> position(std::string_view name) const;
};

// One step down: a name in a map or a position in a list (a lone value counts as a list of one).
struct Step {
  std::string_view name{};
  std::size_t index = 0;
  bool by_name = true;

  Step(std::string_view step) : name(step) {}                      // NOLINT: steps are written as plain names
  Step(const char* step) : name(step) {}                           // NOLINT
  Step(const std::string& step) : name(step) {}                    // NOLINT
  Step(std::size_t position) : index(position), by_name(false) {}  // NOLINT
};
using Path = std::vector<Step>;

// `routes.gpt-4o.targets[0].provider`
std::string to_text(const Path& path);

// The value at the end of the path, or null when some step is missing.
const Node* find(const Node& root, const Path& path);

// Where the path leads; of a path that is not all written, the last value on it that is.
Place place_of(const Node& root, const Path& path);

}  // namespace tollgate::config
