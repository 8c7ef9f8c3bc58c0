#pragma once
// A JSON value as an extent of a text that `scan` accepted: it points at the bytes, copies nothing and builds no tree.
//
// Walking (Members, Elements, find) skips over what it is not asked for: strings by a search for their quote, nested
// values by counting brackets. Nothing is validated again. On a text that was never scanned the answers mean nothing,
// but no byte outside the extent is read. The text must outlive every Value and Member of it, and must not be refilled
// meanwhile.

#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace tollgate::json {

enum class Kind : std::uint8_t { object, array, string, number, boolean, null };

// The kind of a valid value by its first character.
Kind kind_of(char first);

struct Value {
  std::string_view raw{};  // exactly the value's bytes; strings with their quotes
  Kind kind = Kind::null;

  bool is(Kind k) const { return kind == k; }

  // The number, when it is whole and fits: 1, -3, also 1.0, 10e-1 and 1e3. Exact; no floating point is involved.
  std::optional<std::int64_t> integer() const;
  std::optional<bool> boolean() const;
  // A string without escapes, without its quotes: no copy. Empty when it has escapes or is no string.
  std::optional<std::string_view> plain_string() const;
  // Any string, decoded.
  std::optional<std::string> string() const;
};

struct Member {
  std::string_view raw_key{};  // between the quotes, maybe escaped
  Value value{};

  // Compares the decoded key: "\u006dodel" is `model`.
  bool key_is(std::string_view key) const;
  std::string key() const;  // decoded
};

// The members of an object in the order of the text; none when the value is no object.
class Members {
 public:
  class Iterator {
   public:
    using value_type = Member;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    explicit Iterator(Value object);
    const Member& operator*() const { return current_; }
    const Member* operator->() const { return &current_; }
    Iterator& operator++() {
      advance();
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      advance();
      return before;
    }
    bool operator==(std::default_sentinel_t) const { return at_ == nullptr; }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    void advance();
    const char* at_ = nullptr;  // behind the current member; null at the end
    const char* end_ = nullptr;
    Member current_{};
  };

  explicit Members(Value object) : object_(object) {}
  Iterator begin() const { return Iterator(object_); }
  std::default_sentinel_t end() const { return {}; }

 private:
  Value object_;
};

// The elements of an array in the order of the text; none when the value is no array.
class Elements {
 public:
  class Iterator {
   public:
    using value_type = Value;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    explicit Iterator(Value array);
    const Value& operator*() const { return current_; }
    const Value* operator->() const { return &current_; }
    Iterator& operator++() {
      advance();
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      advance();
      return before;
    }
    bool operator==(std::default_sentinel_t) const { return at_ == nullptr; }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    void advance();
    const char* at_ = nullptr;  // behind the current element; null at the end
    const char* end_ = nullptr;
    Value current_{};
  };

  explicit Elements(Value array) : array_(array) {}
  Iterator begin() const { return Iterator(array_); }
  std::default_sentinel_t end() const { return {}; }

 private:
  Value array_;
};

// The member of that (decoded) key on the first level; the first one where duplicates were let through. Empty when
// there is none.
std::optional<Value> find(Value object, std::string_view key);

// The same down a path of keys: find_path(reply, {"usage", "prompt_tokens"}). An empty path is the value itself.
std::optional<Value> find_path(Value object, std::initializer_list<std::string_view> path);

}  // namespace tollgate::json
