#include <fmt/format.h>

#include "config/reference.h"
#include "config/walk.h"

namespace tollgate::config {
namespace {

std::string in_table(std::string_view text) {
  std::string out;
  for (char c : text) out.append(c == '|' ? "\\|" : std::string(1, c));
  return out;
}

std::string default_cell(const Field& field) {
  if (field.is_required) return "required";
  std::string text = default_text(field);
  if (!text.empty()) return fmt::format("`{}`", text);
  return field.default_words.empty() ? "" : std::string(field.default_words);
}

// The group that a field holds, directly or as entries, and how its path reads: `routes.NAME.targets[]`. Null when
// none.
const Type* group_within(const Type& type, std::string& path) {
  switch (type.shape) {
    case Shape::group: return &type;
    case Shape::scalar: return nullptr;
    case Shape::optional: return group_within(*type.inner, path);
    case Shape::list: path += "[]"; return group_within(*type.inner, path);
    case Shape::map: path += ".NAME"; return group_within(*type.inner, path);
  }
  return nullptr;
}

class Reference {
 public:
  explicit Reference(std::string& out) : out_(out) {}

  void group(const Type& type, const std::string& path, std::string_view help) {
    with_fields(type, [&](const Fields& fields) {
      if (!path.empty()) out_ += fmt::format("\n## {}\n\n{}\n", path, help);
      table(fields, path);
      for (const Field& field : fields.all()) inner_group(field, path);
    });
  }

  void later() {
    if (later_.empty()) return;
    out_ += "\n## Not yet available\n\nKnown names that this version refuses, by name and place.\n\n";
    out_ += "| Setting | Meaning |\n|---|---|\n" + later_;
  }

 private:
  void table(const Fields& fields, const std::string& path) {
    out_ += "\n| Setting | Value | Default | Meaning |\n|---|---|---|---|\n";
    for (const Field& field : fields.all()) row(field, path);
  }

  void row(const Field& field, const std::string& path) {
    std::string dotted = path.empty() ? std::string(field.name) : fmt::format("{}.{}", path, field.name);
    if (!field.available()) {
      later_ += fmt::format("| `{}` | {} |\n", dotted, in_table(field.help));
      return;
    }
    for (std::string_view value : field.allowed_later)
      later_ += fmt::format("| `{}: {}` | A value that is not yet available. |\n", dotted, value);
    std::string name = field.is_prefix ? fmt::format("{}NAME", field.name) : std::string(field.name);
    out_ += fmt::format("| `{}` | {} | {} | {} |\n", name, in_table(kind_text(field)), in_table(default_cell(field)),
                        in_table(field.help));
  }

  void inner_group(const Field& field, const std::string& path) {
    if (!field.available()) return;
    std::string inner_path = path.empty() ? std::string(field.name) : fmt::format("{}.{}", path, field.name);
    if (const Type* inner = group_within(*field.type, inner_path)) group(*inner, inner_path, field.help);
  }

  std::string& out_;
  std::string later_;
};

}  // namespace

std::string markdown_reference(const Type& root, std::string_view title, std::string_view introduction) {
  std::string out = fmt::format("# {}\n\n{}\n", title, introduction);
  Reference reference(out);
  reference.group(root, "", "");
  reference.later();
  return out;
}

}  // namespace tollgate::config
