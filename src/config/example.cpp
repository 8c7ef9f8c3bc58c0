#include <fmt/format.h>

#include "config/reference.h"
#include "config/walk.h"

namespace tollgate::config {
namespace {

// Writes one group after the other. `marked_` is set inside what is only an example: every line of it starts with `#`.
class Example {
 public:
  explicit Example(std::string& out) : out_(out) {}

  void group(const Type& type, int depth) {
    with_fields(type, [&](const Fields& fields) {
      for (const Field& field : fields.all()) {
        if (!field.available()) continue;
        if (depth == 0) out_ += "\n";
        this->field(field, depth);
      }
    });
  }

 private:
  void field(const Field& field, int depth) {
    comment(field, depth);
    if (field.is_alternative) return;
    bool was_marked = marked_;
    const Type& type = written_type(*field.type);
    std::string name = field.is_prefix ? fmt::format("{}{}", field.name, field.example_name) : std::string(field.name);
    if (field.is_prefix) {
      example_line(depth, name, field.example_text);
    } else if (type.shape == Shape::scalar || (type.shape == Shape::list && type.inner->shape == Shape::scalar)) {
      word(field, name, depth);
    } else {
      marked_ |= field.type->shape != Shape::group;
      line(depth, name + ":");
      if (type.shape == Shape::group) group(type, depth + 1);
      if (type.shape == Shape::list) entries(*type.inner, depth + 1);
      if (type.shape == Shape::map) named(field, *type.inner, depth + 1);
    }
    marked_ = was_marked;
  }

  void comment(const Field& field, int depth) {
    std::string words(field.help);
    if (written_type(*field.type).shape != Shape::group) words += fmt::format(" ({})", kind_text(field));
    if (field.is_required) words += " Required.";
    if (field.is_alternative) words = fmt::format("Or `{}: {}`: {}", field.name, field.example_text, words);
    out_.append(static_cast<std::size_t>(depth) * 2, ' ').append("# ").append(words).append("\n");
  }

  void word(const Field& field, const std::string& name, int depth) {
    std::string text = default_text(field);
    // Inside an example the telling value is better than the default.
    if ((marked_ || text.empty() || text == "[]") && !field.example_text.empty())
      example_line(depth, name, field.example_text);
    else
      line(depth, fmt::format("{}: {}", name, text));
  }

  void named(const Field& field, const Type& inner, int depth) {
    if (inner.shape == Shape::scalar || inner.shape == Shape::list) {
      line(depth, fmt::format("{}: {}", field.example_name, field.example_text));
      return;
    }
    line(depth, fmt::format("{}:", field.example_name));
    group(inner, depth + 1);
  }

  // One element: its first line carries the dash.
  void entries(const Type& inner, int depth) {
    line(depth, "-");
    group(inner, depth + 1);
  }

  void example_line(int depth, const std::string& name, std::string_view text) {
    bool was_marked = marked_;
    marked_ = true;
    line(depth, fmt::format("{}: {}", name, text));
    marked_ = was_marked;
  }

  void line(int depth, std::string_view text) {
    out_.append(static_cast<std::size_t>(depth) * 2, ' ').append(marked_ ? "#" : "").append(text).append("\n");
  }

  std::string& out_;
  bool marked_ = false;
};

}  // namespace

std::string example_yaml(const Type& root, std::string_view introduction) {
  std::string out(introduction);
  Example(out).group(root, 0);
  return out;
}

}  // namespace tollgate::config
