#pragma once
// Looking at described types without an object of one's own: the walkers that write reference, schema and example use
// this.

#include <string>
#include <string_view>
#include <utility>

#include "base/describe.h"

namespace tollgate::config {

// Lends the fields of a group as it stands before anything is read: `see(const Fields&)`.
template <class See>
void with_fields(const Type& group, See see) {
  std::pair<const Type*, See*> context{&group, &see};
  group.with_default(
      [](void* at, void* value) {
        auto& [type, call] = *static_cast<std::pair<const Type*, See*>*>(at);
        Fields fields;
        type->describe(fields, value);
        (*call)(std::as_const(fields));
      },
      &context);
}

// The type of what is written: optional or not.
inline const Type& written_type(const Type& type) { return type.shape == Shape::optional ? *type.inner : type; }

// The value that a field has when it is left out, as it would be written: `10m`, `[127.0.0.1:8080]`, `auto`. Empty when
// there is none: required, a group, or optional without a word for being empty.
std::string default_text(const Field& field);

// A word or list in YAML, quoted where YAML would read something else.
std::string yaml_word(std::string_view text);

// What may be written, in words: "a duration, 1ms to 1h", "list of `a`, `b`", "map of names".
std::string kind_text(const Field& field);

// "1s to 10m", or empty.
std::string range_text(const Field& field);

}  // namespace tollgate::config
