#pragma once
// What a described struct says of itself: a reference page, a JSON schema, an example file. All three come from the
// fields that loading uses, so they cannot disagree with what is accepted.

#include <string>
#include <string_view>

#include "base/describe.h"

namespace tollgate::config {

// Markdown: one table for each group, in the order of the file; names that are not yet available at the end.
std::string markdown_reference(const Type& root, std::string_view title, std::string_view introduction);

// JSON schema, draft 2020-12, indented, with descriptions and defaults: for editors and forms. Loading is stricter
// (places that must exist, values that exclude each other).
std::string json_schema(const Type& root, std::string_view title, std::string_view id);

// A settings file that loads as it stands and means the defaults. What has no default is shown as an example behind `#`
// without a blank; sentences stand behind `# `. Taking away every such `#` gives a file that loads too.
std::string example_yaml(const Type& root, std::string_view introduction);

}  // namespace tollgate::config
