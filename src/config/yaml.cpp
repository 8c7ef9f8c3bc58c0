#include "config/yaml.h"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <unordered_map>

namespace tollgate::config {
namespace {

Place to_place(const yaml_mark_t& mark) { return {static_cast<int>(mark.line) + 1, static_cast<int>(mark.column) + 1}; }

Place place_of_offset(std::string_view text, std::size_t offset) {
  std::string_view before = text.substr(0, offset);
  auto line = std::ranges::count(before, '\n');
  std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return {static_cast<int>(line) + 1, static_cast<int>(offset - line_start) + 1};
}

// One event of the parser, freed with its scope.
class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&event_); }

  yaml_event_t* get() { return &event_; }
  const yaml_event_t* operator->() const { return &event_; }
  Place place() const { return to_place(event_.start_mark); }

 private:
  yaml_event_t event_{};
};

bool has_anchor_or_tag(const Event& event, std::string_view& what) {
  const yaml_char_t *anchor = nullptr, *tag = nullptr;
  if (event->type == YAML_SCALAR_EVENT) anchor = event->data.scalar.anchor, tag = event->data.scalar.tag;
  if (event->type == YAML_SEQUENCE_START_EVENT)
    anchor = event->data.sequence_start.anchor, tag = event->data.sequence_start.tag;
  if (event->type == YAML_MAPPING_START_EVENT)
    anchor = event->data.mapping_start.anchor, tag = event->data.mapping_start.tag;
  if (anchor != nullptr) what = "anchors (`&name`) are not accepted; write the value where it is used";
  if (tag != nullptr) what = "tags (`!name`) are not accepted";
  return anchor != nullptr || tag != nullptr;
}

bool is_null_word(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

// Builds the tree; the first fault ends it, since what follows would be guesswork.
class Builder {
 public:
  Builder(std::string_view text, Faults& faults) : text_(text), faults_(faults) {
    yaml_parser_initialize(&parser_);
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;
  ~Builder() { yaml_parser_delete(&parser_); }

  std::optional<Node> build();

 private:
  bool next(Event& event);
  bool refuse(Place place, std::string what);
  bool parser_fault();
  bool read_value(const Event& event, int depth, Node& out);
  bool read_scalar(const Event& event, Node& out);
  bool read_list(int depth, Node& out);
  bool read_map(int depth, Node& out);
  bool read_key(const Event& event, std::unordered_map<std::string, Place>& seen, Node& out);

  std::string_view text_;
  Faults& faults_;
  yaml_parser_t parser_{};
  std::size_t nodes_ = 0;
};

bool Builder::refuse(Place place, std::string what) {
  faults_.add(place, {}, std::move(what));
  return false;
}

bool Builder::parser_fault() {
  if (parser_.error == YAML_READER_ERROR)
    return refuse(place_of_offset(text_, parser_.problem_offset),
                  fmt::format("this is no YAML text: {}", parser_.problem));
  Place place = to_place(parser_.problem_mark);
  if (parser_.problem_mark.index < text_.size()) {
    std::size_t at = text_.find_first_not_of(' ', parser_.problem_mark.index);
    if (at != std::string_view::npos && text_[at] == '\t')
      return refuse(place, "a tab may not indent YAML; use blanks");
  }
  std::string context = parser_.context == nullptr ? "" : fmt::format(" {}", parser_.context);
  return refuse(place, fmt::format("this is no valid YAML:{} {}", context,
                                   parser_.problem == nullptr ? "out of memory" : parser_.problem));
}

bool Builder::next(Event& event) {
  if (!yaml_parser_parse(&parser_, event.get())) return parser_fault();
  std::string_view what;
  if (event->type == YAML_ALIAS_EVENT)
    return refuse(event.place(), "aliases (`*name`) are not accepted; put a text that begins with * in quotes");
  if (has_anchor_or_tag(event, what)) return refuse(event.place(), std::string(what));
  if (++nodes_ > max_nodes) return refuse(event.place(), fmt::format("the file holds more than {} values", max_nodes));
  return true;
}

bool Builder::read_scalar(const Event& event, Node& out) {
  const auto& scalar = event->data.scalar;
  out.text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
  out.quoted = scalar.style != YAML_PLAIN_SCALAR_STYLE;
  out.kind = !out.quoted && is_null_word(out.text) ? Node::Kind::null : Node::Kind::scalar;
  return true;
}

bool Builder::read_list(int depth, Node& out) {
  out.kind = Node::Kind::list;
  while (true) {
    Event event;
    if (!next(event)) return false;
    if (event->type == YAML_SEQUENCE_END_EVENT) return true;
    if (!read_value(event, depth + 1, out.items.emplace_back())) return false;
  }
}

bool Builder::read_key(const Event& event, std::unordered_map<std::string, Place>& seen, Node& out) {
  out.place = event.place();
  if (event->type != YAML_SCALAR_EVENT) return refuse(out.place, "a name must be plain text");
  read_scalar(event, out);
  if (out.text == "<<" && !out.quoted) return refuse(out.place, "merge keys (`<<`) are not accepted");
  if (out.kind == Node::Kind::null) return refuse(out.place, "a name is missing before the colon");
  auto [earlier, fresh] = seen.try_emplace(out.text, out.place);
  if (fresh) return true;
  return refuse(out.place,
                fmt::format("{} is written twice; the first is in line {}", shown(out.text), earlier->second.line));
}

bool Builder::read_map(int depth, Node& out) {
  out.kind = Node::Kind::map;
  std::unordered_map<std::string, Place> seen;
  while (true) {
    Event name;
    if (!next(name)) return false;
    if (name->type == YAML_MAPPING_END_EVENT) {
      out.index_names();
      return true;
    }
    if (!read_key(name, seen, out.keys.emplace_back())) return false;
    Event value;
    if (!next(value)) return false;
    if (!read_value(value, depth + 1, out.items.emplace_back())) return false;
  }
}

bool Builder::read_value(const Event& event, int depth, Node& out) {
  out.place = event.place();
  if (depth > max_depth) return refuse(out.place, fmt::format("nested deeper than {} levels", max_depth));
  if (event->type == YAML_SEQUENCE_START_EVENT) return read_list(depth, out);
  if (event->type == YAML_MAPPING_START_EVENT) return read_map(depth, out);
  return read_scalar(event, out);
}

std::optional<Node> Builder::build() {
  Node root;
  for (bool seen_document = false;;) {
    Event event;
    if (!next(event)) return std::nullopt;
    if (event->type == YAML_STREAM_END_EVENT) break;
    if (event->type == YAML_DOCUMENT_START_EVENT && seen_document) {
      refuse(event.place(), "a second document (`---`) begins here; a file holds one");
      return std::nullopt;
    }
    if (event->type == YAML_STREAM_START_EVENT || event->type == YAML_DOCUMENT_START_EVENT ||
        event->type == YAML_DOCUMENT_END_EVENT)
      continue;
    seen_document = true;
    if (!read_value(event, 1, root)) return std::nullopt;
  }
  if (root.kind == Node::Kind::null) refuse({}, "the file has no settings; write `{}` to run on defaults");
  if (root.kind == Node::Kind::list || root.kind == Node::Kind::scalar)
    refuse(root.place, "the file must be a map of settings such as `server:` and `providers:`");
  if (root.kind != Node::Kind::map) return std::nullopt;
  return root;
}

}  // namespace

std::optional<Node> parse_yaml(std::string_view text, Faults& faults) {
  if (text.size() > max_file_bytes) {
    faults.unreadable(fmt::format("the file is larger than {} MiB", max_file_bytes >> 20));
    return std::nullopt;
  }
  return Builder(text, faults).build();
}

}  // namespace tollgate::config
