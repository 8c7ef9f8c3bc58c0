#pragma once
// YAML into a tree, by events, with a narrow idea of what a settings file may hold.
//
// Refused, each with its place: anchors, aliases, tags and merge keys (they hide what is written), a second document,
// names that are not plain text, the same name twice, an empty file. Bounded: 10 MiB, 32 levels, 1,000,000 values. Text
// stays text: `010`, `no` and `1e3` mean nothing until a setting says how it is read.

#include <optional>
#include <string_view>

#include "config/fault.h"
#include "config/node.h"

namespace tollgate::config {

constexpr std::size_t max_file_bytes = 10u << 20;
constexpr int max_depth = 32;
constexpr std::size_t max_nodes = 1'000'000;

// The map at the root. Empty when anything was wrong; `faults` then says what.
std::optional<Node> parse_yaml(std::string_view text, Faults& faults);

}  // namespace tollgate::config
