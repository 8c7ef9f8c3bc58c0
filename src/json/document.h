#pragma once
// A JSON text read into a tree: for scripts, tests and files, where comfort counts more than speed. Bodies on the
// request path are scanned and walked instead (scan.h).
//
//   auto document = Document::parse(text);
//   if (!document) …                                      // the same Fault, by the same strict rules, as scan
//   auto model = document->root()["model"].string();      // empty when missing or no string
//   for (Node message : document->root()["messages"].elements()) …
//
// A Node is a small copyable view; it and every string_view from it live as long as the Document, which may be moved.

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "json/scan.h"

namespace tollgate::json {

// One value of a Document, or nothing: what is missing is a Node too, and everything asked of it is empty. So chains
// need no checks.
class Node {
 public:
  Node() = default;

  explicit operator bool() const { return exists_; }
  // REQUIRES: exists.
  Kind kind() const;
  bool is(Kind k) const { return exists_ && kind() == k; }

  Node operator[](std::string_view key) const;        // of an object
  Node operator[](const char* key) const { return (*this)[std::string_view(key)]; }
  Node operator[](std::size_t index) const;           // of an array; linear in the index
  Node operator[](int index) const { return index < 0 ? Node() : (*this)[static_cast<std::size_t>(index)]; }
  // A JSON Pointer (RFC 6901): at("/choices/0/message/content").
  Node at(std::string_view pointer) const;

  std::size_t size() const;  // members or elements; 0 for all else
  std::vector<Node> elements() const;
  std::vector<std::pair<std::string_view, Node>> members() const;  // in the order of the text

  std::optional<std::string_view> string() const;
  // Whole numbers that fit; of literals with a point or exponent (1.0, 1e3) only those up to 2^53.
  std::optional<std::int64_t> integer() const;
  std::optional<std::uint64_t> unsigned_integer() const;
  std::optional<double> real() const;  // any number
  std::optional<bool> boolean() const;

 private:
  friend class Document;
  using Bits = std::array<std::uint64_t, 2>;  // the library's own reference, kept opaque
  explicit Node(Bits bits) : bits_(bits), exists_(true) {}
  struct Access;

  Bits bits_{};
  bool exists_ = false;
};

class Document {
 public:
  static std::expected<Document, Fault> parse(std::string_view text, ScanOptions options = {});

  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  Node root() const;

 private:
  struct Tree;
  explicit Document(std::unique_ptr<Tree> tree);
  std::unique_ptr<Tree> tree_;
};

}  // namespace tollgate::json
