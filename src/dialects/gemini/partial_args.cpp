#include "dialects/gemini/partial_args.h"

#include "base/text.h"
#include "dialects/gemini/fields.h"
#include "json/write.h"

namespace tollgate::gemini {
namespace {

constexpr std::size_t max_elements = 4096;  // of one list in the arguments

// One step of a path: a member's name or an element's index.
struct Step {
  std::string_view name{};
  std::size_t index = 0;
  bool is_index = false;
};

// Takes the next step off the path: ".name", "['name']" or "[3]". False when there is none.
bool take_step(std::string_view& path, Step& step) {
  if (path.starts_with('.')) {
    path.remove_prefix(1);
    std::size_t end = std::min(path.find_first_of(".["), path.size());
    step = {.name = path.substr(0, end)};
    path.remove_prefix(end);
    return end > 0;
  }
  if (!path.starts_with('[')) return false;
  path.remove_prefix(1);
  char quote = path.empty() ? '\0' : path.front();
  if (quote == '\'' || quote == '"') {
    std::size_t end = path.find(quote, 1);
    if (end == std::string_view::npos || path.substr(end + 1, 1) != "]") return false;
    step = {.name = path.substr(1, end - 1)};
    path.remove_prefix(end + 2);
    return true;
  }
  std::size_t end = path.find(']');
  if (end == std::string_view::npos) return false;
  auto index = parse_u64(path.substr(0, end));
  if (!index || *index >= max_elements) return false;
  step = {.index = static_cast<std::size_t>(*index), .is_index = true};
  path.remove_prefix(end + 1);
  return true;
}

}  // namespace

bool PartialArgs::add(const json::Value& pieces) {
  for (const json::Value& piece : Listed(pieces)) {
    bytes_ += piece.raw.size();
    if (bytes_ > max_partial_args_bytes || !add_piece(piece)) return false;
  }
  return true;
}

PartialArgs::Node* PartialArgs::place(std::string_view path) {
  if (!path.starts_with('$')) return nullptr;
  path.remove_prefix(1);
  Node* node = &root_;
  Step step;
  for (std::size_t depth = 0; !path.empty(); ++depth) {
    if (depth == max_partial_arg_depth || !take_step(path, step)) return nullptr;
    Node::Kind needed = step.is_index ? Node::Kind::array : Node::Kind::object;
    if (node->kind == Node::Kind::nothing) node->kind = needed;
    if (node->kind != needed) return nullptr;
    if (step.is_index) {
      if (node->elements.size() <= step.index) node->elements.resize(step.index + 1);
      node = &node->elements[step.index];
      continue;
    }
    auto& members = node->members;
    if (members.empty() || members.back().first != step.name) {
      auto found = members.begin();
      while (found != members.end() && found->first != step.name) ++found;
      if (found != members.end()) {
        node = &found->second;
        continue;
      }
      members.emplace_back(std::string(step.name), Node{});
    }
    node = &members.back().second;
  }
  return node;
}

bool PartialArgs::add_piece(const json::Value& piece) {
  Node* node = place(text_of(piece, "jsonPath"));
  if (node == nullptr || node == &root_) return false;
  for (const json::Member& member : json::Members(piece)) {
    if (field_is(member, "stringValue")) {
      if (node->kind != Node::Kind::nothing && node->kind != Node::Kind::text) return false;
      node->kind = Node::Kind::text;
      node->text += member.value.string().value_or("");
    } else if (field_is(member, "numberValue") || field_is(member, "boolValue") || field_is(member, "nullValue")) {
      if (node->kind != Node::Kind::nothing && node->kind != Node::Kind::raw) return false;
      node->kind = Node::Kind::raw;
      node->text = field_is(member, "nullValue") ? "null" : std::string(member.value.raw);
    }
  }
  return true;
}

void PartialArgs::write(const Node& node, std::string& out) {
  bool first = true;
  auto separate = [&] {
    if (!first) out += ',';
    first = false;
  };
  switch (node.kind) {
    case Node::Kind::nothing: out += "null"; return;
    case Node::Kind::text: json::append_quoted(out, node.text); return;
    case Node::Kind::raw: out += node.text; return;
    case Node::Kind::object:
      out += '{';
      for (const auto& [name, member] : node.members) {
        separate();
        json::append_quoted(out, name);
        out += ':';
        write(member, out);
      }
      out += '}';
      return;
    case Node::Kind::array:
      out += '[';
      for (const Node& element : node.elements) {
        separate();
        write(element, out);
      }
      out += ']';
      return;
  }
}

std::string PartialArgs::object() const {
  std::string out;
  write(root_, out);
  return out;
}

}  // namespace tollgate::gemini
