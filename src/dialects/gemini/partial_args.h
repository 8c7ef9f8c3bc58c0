#pragma once
// Arguments of a function that Vertex streams in pieces (streamFunctionCallArguments): each piece is a value and the JSON path where
// it belongs, and a string may come in several.
//
//   {"partialArgs":[{"jsonPath":"$.location","stringValue":"New ","willContinue":true}],"willContinue":true}
//
// The object can only be written when all of it is there.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace tollgate::gemini {

constexpr std::size_t max_partial_args_bytes = 4 << 20;
constexpr std::size_t max_partial_arg_depth = 64;

class PartialArgs {
 public:
  // Takes the elements of a `partialArgs` list. False when a path or a value is beyond use or bounds.
  bool add(const json::Value& pieces);
  // The arguments as one JSON object.
  std::string object() const;

 private:
  struct Node {
    enum class Kind : unsigned char { nothing, text, raw, object, array };
    Kind kind = Kind::nothing;
    std::string text{};  // decoded, or JSON
    std::vector<std::pair<std::string, Node>> members{};
    std::vector<Node> elements{};
  };
  bool add_piece(const json::Value& piece);
  Node* place(std::string_view path);
  static void write(const Node& node, std::string& out);

  Node root_{.kind = Node::Kind::object};
  std::size_t bytes_ = 0;
};

}  // namespace tollgate::gemini
