#include "dialects/max_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace tollgate {
namespace {

using json::Kind;
using json::Value;

std::string folded(std::string_view name) {
  std::string out;
  for (char c : name)
    if (c != '_') out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

std::optional<Value> member_of(const Value& object, std::string_view name) {
  std::string wanted = folded(name);
  for (const json::Member& member : json::Members(object))
    if (folded(member.key()) == wanted) return member.value;
  return std::nullopt;
}

}  // namespace

std::string with_max_output(const Value& root, MaxOutputField field, std::int64_t tokens) {
  std::string text = fmt::format("{}", tokens);
  Value object = root;
  std::string_view name = field.name;
  if (!field.parent.empty()) {
    auto parent = member_of(root, field.parent);
    if (parent && parent->is(Kind::object)) {
      object = *parent;
    } else {
      text = fmt::format("{{\"{}\":{}}}", field.name, tokens);
      name = field.parent;
    }
  }
  std::string out;
  auto splice = [&](std::string_view replaced, std::string_view by) {
    auto at = static_cast<std::size_t>(replaced.data() - root.raw.data());
    out.reserve(root.raw.size() + by.size());
    out.append(root.raw.substr(0, at)).append(by).append(root.raw.substr(at + replaced.size()));
  };
  if (auto there = member_of(object, name)) {
    splice(there->raw, text);
    return out;
  }
  json::Members members(object);
  bool empty = members.begin() == members.end();
  splice(object.raw.substr(1, 0), fmt::format("\"{}\":{}{}", name, text, empty ? "" : ","));
  return out;
}

}  // namespace tollgate
