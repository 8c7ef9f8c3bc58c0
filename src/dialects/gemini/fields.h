#pragma once
// How Google's JSON names things and nests them: `maxOutputTokens` and `max_output_tokens` are one field, in one body even, and a
// list of one element may be written without its brackets (quirk 74).

#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace tollgate::gemini {

// Whether the member has that name, given in camelCase, in either spelling.
bool field_is(const json::Member& member, std::string_view camel);

// The first member of that name; null when there is none.
json::Value field_of(const json::Value& object, std::string_view camel);

// The string in that field, decoded; empty when there is none.
std::string text_of(const json::Value& object, std::string_view camel);

// A word of an enum in capitals: `any` is ANY.
std::string upper(std::string_view word);

// The elements of a list, or the one element that stands for it.
class Listed {
 public:
  class Iterator {
   public:
    explicit Iterator(const json::Value& value) : elements_(value), alone_(value) {
      single_ = !value.is(json::Kind::array) && !value.is(json::Kind::null);
    }
    const json::Value& operator*() const { return single_ ? alone_ : *elements_; }
    Iterator& operator++() {
      if (single_)
        single_ = false;
      else
        ++elements_;
      return *this;
    }
    bool operator==(std::default_sentinel_t) const { return !single_ && elements_ == std::default_sentinel; }

   private:
    json::Elements::Iterator elements_;
    json::Value alone_;
    bool single_ = false;
  };

  explicit Listed(const json::Value& value) : value_(value) {}
  Iterator begin() const { return Iterator(value_); }
  std::default_sentinel_t end() const { return {}; }

 private:
  json::Value value_;
};

// Errors of the caller's making, with the path of the field.
std::unexpected<Error> bad_field(std::string_view path, std::string detail);
std::unexpected<Error> wrong_type(std::string_view path, std::string_view expected);

}  // namespace tollgate::gemini
