#pragma once
// The header fields of one message: a fixed table of views into the buffer that holds the head.
//
// The table keeps offsets, not pointers, so a buffer may move while the head is still arriving: `rebase` is all it
// takes. Nothing is copied and nothing allocated; the bytes belong to the caller and must outlive every view that is
// taken. A table is about 800 bytes: it lives with the exchange, not with an idle connection.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tollgate::http {

struct Field {
  std::string_view name;   // as sent; compare without case
  std::string_view value;  // without blanks at both ends
};

class FieldTable {
 public:
  static constexpr std::size_t capacity = 100;
  static constexpr std::size_t offset_max = UINT16_MAX;  // no head is longer, whatever the settings say

  class Iterator {
   public:
    Iterator(const FieldTable& table, std::size_t at) : table_(&table), at_(at) {}
    Field operator*() const { return (*table_)[at_]; }
    Iterator& operator++() { return ++at_, *this; }
    bool operator==(const Iterator&) const = default;

   private:
    const FieldTable* table_;
    std::size_t at_;
  };

  std::size_t size() const { return size_; }
  Field operator[](std::size_t i) const {
    const Entry& e = entries_[i];
    return {{base_ + e.name_at, e.name_size}, {base_ + e.value_at, e.value_size}};
  }
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size_}; }

  // The first field of that name, in any case.
  std::optional<std::string_view> find(std::string_view name) const;
  std::size_t count(std::string_view name) const;

  // For the parsers. `field` must lie in the buffer that starts at the base. False when the table is full.
  void clear() { size_ = 0; }
  void rebase(const char* buffer) { base_ = buffer; }
  bool add(Field field);

 private:
  struct Entry {
    std::uint16_t name_at, name_size, value_at, value_size;
  };
  const char* base_ = nullptr;
  std::uint16_t size_ = 0;
  std::array<Entry, capacity> entries_;  // only the first size_ mean something
};

// The elements of a comma separated value, without blanks around them; empty elements are left out (RFC 9110 5.6.1).
class ListElements {
 public:
  explicit ListElements(std::string_view value) : rest_(value) {}
  bool next(std::string_view& element);

 private:
  std::string_view rest_;
};

// Fields that belong to one connection and are never passed on (RFC 9110 7.6.1, and what older peers send).
bool is_hop_by_hop(std::string_view name);
// Also never passed on: what the message's own Connection field names.
bool is_named_in_connection(const FieldTable& fields, std::string_view name);

}  // namespace tollgate::http
