#include "json/document.h"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <string>


namespace tollgate::json {
namespace {

namespace dom = simdjson::dom;

constexpr double largest_exact_whole = 9007199254740992.0;  // 2^53

bool fits_64_bits(std::string_view digits) {
  constexpr std::string_view largest = "18446744073709551615", least = "9223372036854775808";
  bool negative = digits.front() == '-';
  if (negative) digits.remove_prefix(1);
  std::string_view bound = negative ? least : largest;
  return digits.size() < bound.size() || (digits.size() == bound.size() && digits <= bound);
}

// The library refuses integers of more than 64 bits, which JSON allows: with "e0" behind them it reads them as doubles.
// REQUIRES: `text` was scanned.
std::string with_large_integers_as_doubles(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    char c = text[at];
    if (c == '"') {
      while (text[end] != '"') end += text[end] == '\\' ? 2 : 1;
      ++end;
    } else if (c == '-' || (c >= '0' && c <= '9')) {
      end = std::min(text.find_first_not_of("0123456789+-.eE", at), text.size());
    }
    std::string_view token = text.substr(at, end - at);
    out += token;
    bool integer = (c == '-' || (c >= '0' && c <= '9')) && token.find_first_of(".eE") == std::string_view::npos;
    if (integer && !fits_64_bits(token)) out += "e0";
    at = end;
  }
  return out;
}

}  // namespace

struct Document::Tree {
  dom::parser parser;  // owns the tree
  dom::element root;
};

struct Node::Access {
  static dom::element element(const Node& node) {
    static_assert(sizeof(dom::element) == sizeof(Bits));
    return std::bit_cast<dom::element>(node.bits_);
  }
  static Node node(dom::element element) { return Node(std::bit_cast<Bits>(element)); }
  static Node node(simdjson::simdjson_result<dom::element> found) {
    dom::element element;
    return found.get(element) == simdjson::SUCCESS ? node(element) : Node();
  }
  // As T, when the node is there and is one.
  template <class T>
  static std::optional<T> as(const Node& node) {
    T contents;
    if (!node.exists_ || element(node).get(contents) != simdjson::SUCCESS) return std::nullopt;
    return contents;
  }
};

Kind Node::kind() const {
  switch (Access::element(*this).type()) {
    case dom::element_type::OBJECT: return Kind::object;
    case dom::element_type::ARRAY: return Kind::array;
    case dom::element_type::STRING: return Kind::string;
    case dom::element_type::BOOL: return Kind::boolean;
    case dom::element_type::NULL_VALUE: return Kind::null;
    default: return Kind::number;
  }
}

Node Node::operator[](std::string_view key) const {
  auto object = Access::as<dom::object>(*this);
  return object ? Access::node(object->at_key(key)) : Node();
}

Node Node::operator[](std::size_t index) const {
  auto array = Access::as<dom::array>(*this);
  return array ? Access::node(array->at(index)) : Node();
}

Node Node::at(std::string_view pointer) const {
  return exists_ ? Access::node(Access::element(*this).at_pointer(pointer)) : Node();
}

std::size_t Node::size() const {
  if (is(Kind::array)) return elements().size();
  return is(Kind::object) ? members().size() : 0;
}

std::vector<Node> Node::elements() const {
  std::vector<Node> found;
  if (auto array = Access::as<dom::array>(*this))
    for (dom::element element : *array) found.push_back(Access::node(element));
  return found;
}

std::vector<std::pair<std::string_view, Node>> Node::members() const {
  std::vector<std::pair<std::string_view, Node>> found;
  if (auto object = Access::as<dom::object>(*this))
    for (dom::key_value_pair member : *object) found.emplace_back(member.key, Access::node(member.value));
  return found;
}

std::optional<std::string_view> Node::string() const { return Access::as<std::string_view>(*this); }

std::optional<std::int64_t> Node::integer() const {
  if (auto number = Access::as<std::int64_t>(*this)) return number;
  auto number = real();
  bool exact = number && *number >= -largest_exact_whole && *number <= largest_exact_whole;
  if (!exact || static_cast<double>(static_cast<std::int64_t>(*number)) != *number) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

std::optional<std::uint64_t> Node::unsigned_integer() const {
  if (auto number = Access::as<std::uint64_t>(*this)) return number;
  auto number = integer();
  if (!number || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

std::optional<double> Node::real() const { return Access::as<double>(*this); }
std::optional<bool> Node::boolean() const { return Access::as<bool>(*this); }

std::expected<Document, Fault> Document::parse(std::string_view text, ScanOptions options) {
  auto scanned = scan(text, options);
  if (!scanned) return std::unexpected(scanned.error());
  auto tree = std::make_unique<Tree>();
  auto error = tree->parser.parse(text.data(), text.size()).get(tree->root);
  if (error == simdjson::NUMBER_ERROR) {
    std::string readable = with_large_integers_as_doubles(text);
    error = tree->parser.parse(readable.data(), readable.size()).get(tree->root);
  }
  if (error != simdjson::SUCCESS) return std::unexpected(Fault{"not readable as a tree", 0});
  return Document(std::move(tree));
}

Document::Document(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Node Document::root() const { return Node::Access::node(tree_->root); }

}  // namespace tollgate::json
