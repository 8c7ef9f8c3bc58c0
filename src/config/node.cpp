#include "config/node.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace tollgate::config {
namespace {

const Node* step_down(const Node& from, const Step& step) {
  if (step.by_name) return from.find(step.name);
  if (from.kind == Node::Kind::list) return step.index < from.items.size() ? &from.items[step.index] : nullptr;
  return step.index == 0 && from.kind != Node::Kind::null ? &from : nullptr;
}

}  // namespace

std::optional<std::size_t> Node::position(std::string_view name) const {
  auto found =
      std::ranges::lower_bound(by_name, name, {}, [&](std::uint32_t at) -> std::string_view { return keys[at].text; });
  if (found == by_name.end() || keys[*found].text != name) return std::nullopt;
  return *found;
}

const Node* Node::find(std::string_view name) const {
  auto at = position(name);
  return at ? &items[*at] : nullptr;
}

const Node* Node::key(std::string_view name) const {
  auto at = position(name);
  return at ? &keys[*at] : nullptr;
}

void Node::index_names() {
  by_name.resize(keys.size());
  std::iota(by_name.begin(), by_name.end(), 0u);
  std::ranges::sort(by_name, {}, [&](std::uint32_t at) -> std::string_view { return keys[at].text; });
}

std::string to_text(const Path& path) {
  std::string out;
  for (const Step& step : path) {
    if (!step.by_name)
      out += fmt::format("[{}]", step.index);
    else
      out.append(out.empty() ? "" : ".").append(step.name);
  }
  return out;
}

const Node* find(const Node& root, const Path& path) {
  const Node* at = &root;
  for (const Step& step : path) {
    at = step_down(*at, step);
    if (at == nullptr) return nullptr;
  }
  return at;
}

Place place_of(const Node& root, const Path& path) {
  const Node* at = &root;
  Place place = root.place;
  for (const Step& step : path) {
    const Node* next = step_down(*at, step);
    if (next == nullptr) return place;
    const Node* key = step.by_name ? at->key(step.name) : nullptr;
    // A map or list begins on the line after its name: the name is the better place.
    place = key != nullptr && next->kind != Node::Kind::scalar ? key->place : next->place;
    at = next;
  }
  return place;
}

}  // namespace tollgate::config
