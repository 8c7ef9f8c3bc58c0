#pragma once
// The words that describe a setting. A settings struct is plain data with defaults and one function beside it:
//
//   struct TlsConfig { std::string cert, key; };
//   void describe(Fields& fields, TlsConfig& tls) {
//     fields.add("cert", tls.cert, "Certificate chain, PEM.").required().example("/etc/tollgate/cert.pem");
//     fields.add("key", tls.key, "Its private key, PEM.").required().example("/etc/tollgate/key.pem");
//   }
//
// From that one description come loading with faults in place, the reference page, the JSON schema and the example file
// (config/). `describe` must name every field; it is called on a live object, so a field is a name, a sentence, rules,
// and a pointer that is good while the object lives.
//
// What a field may be: bool, int, int64_t, std::string, Duration, Bytes, Percent, Money, SecretRef, WallTime (a date),
// an enum with `setting_names(E)`, any type with a `Scalar<T>`, a described struct, and std::optional, std::vector and
// Named of these.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/scalar.h"

namespace tollgate {

class Fields;

enum class Shape : std::uint8_t { scalar, optional, list, map, group };

// How a value of some C++ type is read, written and walked, without its type. One static object for each type.
struct Type {
  using UseDefault = void (*)(void* context, void* value);

  Shape shape = Shape::scalar;
  const Type* inner = nullptr;                  // of optional, list and map
  ScalarKind scalar{};                          // scalar only, as the five below
  std::span<const std::string_view> choices{};  // of an enum
  bool (*read)(std::string_view text, void* out) = nullptr;
  std::string (*write)(const void* value) = nullptr;
  std::int64_t (*number)(const void* value) = nullptr;
  std::string (*write_number)(std::int64_t number) = nullptr;

  void* (*grow)(void* container, std::string_view name) = nullptr;  // makes one more (optional: the one) and gives it
  void (*clear)(void* container) = nullptr;
  std::size_t (*size)(const void* container) = nullptr;
  void* (*at)(void* container, std::size_t index) = nullptr;
  std::string_view (*name_at)(const void* map, std::size_t index) = nullptr;

  void (*describe)(Fields& fields, void* group) = nullptr;
  void (*with_default)(UseDefault use, void* context) = nullptr;  // lends a value as it stands before anything is read
};

template <class T>
const Type& type_of();

// Which names a map may hold.
enum class NameRule : std::uint8_t {
  plain,    // 1 to 128 of A-Z a-z 0-9 . _ / : -
  pattern,  // the same, and one `*` at the end
  visible,  // 1 to 256 visible ASCII characters: names that providers chose
};
bool follows(NameRule rule, std::string_view name);
std::string_view words_of(NameRule rule);

// One described setting. The methods narrow what it accepts and return it, to be chained.
struct Field {
  std::string_view name;
  std::string_view help;
  const Type* type = nullptr;  // null: not yet available
  void* value = nullptr;

  bool is_required = false;
  bool must_hold_something = false;  // a list or map may not be empty
  bool is_prefix = false;            // `name` is the start of many names: `tags.`
  bool is_alternative = false;       // does not go together with what the example shows: there only in words
  bool has_range = false;
  std::int64_t min = 0, max = 0;  // of the scalar's number; of a text: its length in bytes
  std::size_t max_items = 100'000;
  NameRule name_rule = NameRule::plain;
  std::string_view empty_word{};                  // what stands for an empty optional: `auto`, `off`
  std::string_view example_text{};                // as it is written in the file
  std::string_view example_name{};                // of one entry of a map
  std::string_view default_words{};               // what leaving it out means, where that is no value
  std::vector<std::string_view> allowed{};        // a text must be one of these
  std::vector<std::string_view> allowed_later{};  // known values that are not yet available
  std::vector<std::string_view> foreign_names{};  // what others call it, to suggest the right name

  Field& required() { return is_required = true, *this; }
  Field& not_empty() { return must_hold_something = true, *this; }
  Field& alternative() { return is_alternative = true, *this; }
  Field& range(std::int64_t low, std::int64_t high) { return has_range = true, min = low, max = high, *this; }
  Field& range(Duration low, Duration high) { return range(low.count(), high.count()); }
  Field& range(Bytes low, Bytes high) { return range(low.count, high.count); }
  Field& range(Money low, Money high) { return range(low.nano_usd, high.nano_usd); }
  Field& range(Percent low, Percent high) { return range(low.basis_points, high.basis_points); }
  Field& max_length(std::int64_t bytes) { return range(1, bytes); }
  Field& at_most(std::size_t items) { return max_items = items, *this; }
  Field& names(NameRule rule) { return name_rule = rule, *this; }
  Field& empty(std::string_view word) { return empty_word = word, *this; }
  Field& example(std::string_view text) { return example_text = text, *this; }
  Field& entry(std::string_view name_of_one) { return example_name = name_of_one, *this; }
  Field& otherwise(std::string_view words) { return default_words = words, *this; }
  Field& choices(std::vector<std::string_view> values) { return allowed = std::move(values), *this; }
  Field& later_choices(std::vector<std::string_view> values) { return allowed_later = std::move(values), *this; }
  Field& known_as(std::vector<std::string_view> others) { return foreign_names = std::move(others), *this; }

  bool available() const { return type != nullptr; }
};

// The described fields of one object, in the order of the file.
class Fields {
 public:
  // The reference is good until the next field is added.
  template <class T>
  Field& add(std::string_view name, T& value, std::string_view help) {
    return all_.emplace_back(Field{.name = name, .help = help, .type = &type_of<T>(), .value = &value});
  }
  // `tags.` and a map: every name `tags.NAME` is its entry NAME.
  template <class T>
  Field& add_prefix(std::string_view prefix, Named<T>& map, std::string_view help) {
    Field& field = add(prefix, map, help);
    field.is_prefix = true;
    return field;
  }
  // A setting that people know from the manual and that this version refuses by name.
  Field& later(std::string_view name, std::string_view help) {
    return all_.emplace_back(Field{.name = name, .help = help});
  }

  std::span<const Field> all() const { return all_; }
  const Field* find(std::string_view name) const;

 private:
  std::vector<Field> all_;
};

// --- Type for each C++ type: made once, and it knows nothing of files ---

template <class T>
concept NamedSetting = requires(T value) {
  setting_names(value);
};
template <class T>
concept ScalarSetting = requires {
  Scalar<T>::kind;
};

namespace describing {

// The text's place among `names`, or -1.
int place_of(std::string_view text, std::span<const std::string_view> names);

template <class T>
struct Kind {
  static Type make() {
    Type type;
    if constexpr (NamedSetting<T>) {
      type.scalar = {.words = "one of the listed words"};
      type.choices = setting_names(T{});
      type.read = [](std::string_view text, void* out) {
        int place = place_of(text, setting_names(T{}));
        if (place >= 0) *static_cast<T*>(out) = static_cast<T>(place);
        return place >= 0;
      };
      type.write = [](const void* value) {
        return std::string(setting_names(T{})[static_cast<std::size_t>(*static_cast<const T*>(value))]);
      };
    } else if constexpr (ScalarSetting<T>) {
      type.scalar = Scalar<T>::kind;
      type.read = [](std::string_view text, void* out) { return Scalar<T>::read(text, *static_cast<T*>(out)); };
      type.write = [](const void* value) { return Scalar<T>::write(*static_cast<const T*>(value)); };
      if constexpr (requires(T value) { Scalar<T>::number(value); }) {
        type.number = [](const void* value) { return Scalar<T>::number(*static_cast<const T*>(value)); };
        type.write_number = [](std::int64_t number) { return Scalar<T>::write(Scalar<T>::from_number(number)); };
      }
    } else {
      type.shape = Shape::group;
      type.describe = [](Fields& fields, void* group) { describe(fields, *static_cast<T*>(group)); };
    }
    type.with_default = [](Type::UseDefault use, void* context) {
      T value{};
      use(context, &value);
    };
    return type;
  }
};

template <class T>
struct Kind<std::optional<T>> {
  static Type make() {
    using Optional = std::optional<T>;
    Type type;
    type.shape = Shape::optional;
    type.inner = &type_of<T>();
    type.grow = [](void* to, std::string_view) -> void* { return &static_cast<Optional*>(to)->emplace(); };
    type.clear = [](void* to) { static_cast<Optional*>(to)->reset(); };
    type.size = [](const void* of) -> std::size_t { return static_cast<const Optional*>(of)->has_value(); };
    type.at = [](void* of, std::size_t) -> void* { return &**static_cast<Optional*>(of); };
    return type;
  }
};

template <class T>
struct Kind<std::vector<T>> {
  static Type make() {
    using List = std::vector<T>;
    Type type;
    type.shape = Shape::list;
    type.inner = &type_of<T>();
    type.grow = [](void* to, std::string_view) -> void* { return &static_cast<List*>(to)->emplace_back(); };
    type.clear = [](void* to) { static_cast<List*>(to)->clear(); };
    type.size = [](const void* of) { return static_cast<const List*>(of)->size(); };
    type.at = [](void* of, std::size_t i) -> void* { return &(*static_cast<List*>(of))[i]; };
    return type;
  }
};

template <class T>
struct Kind<Named<T>> {
  static Type make() {
    using Map = Named<T>;
    Type type;
    type.shape = Shape::map;
    type.inner = &type_of<T>();
    type.grow = [](void* to, std::string_view name) -> void* { return &static_cast<Map*>(to)->add(std::string(name)); };
    type.clear = [](void* to) { static_cast<Map*>(to)->entries.clear(); };
    type.size = [](const void* of) { return static_cast<const Map*>(of)->size(); };
    type.at = [](void* of, std::size_t i) -> void* { return &static_cast<Map*>(of)->entries[i].value; };
    type.name_at = [](const void* of, std::size_t i) {
      return std::string_view(static_cast<const Map*>(of)->entries[i].name);
    };
    return type;
  }
};

}  // namespace describing

template <class T>
const Type& type_of() {
  static const Type type = describing::Kind<T>::make();
  return type;
}

}  // namespace tollgate
