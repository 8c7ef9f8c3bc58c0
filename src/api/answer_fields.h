#pragma once
// The header fields of an answer, in a bounded place without memory of its own. What does not fit is left out.

#include <array>
#include <span>

#include "domain/record.h"
#include "net/http1/fields.h"

namespace tollgate {

class AnswerFields {
 public:
  // Name and value must outlive the fields.
  void add(std::string_view name, std::string_view value);
  // The value is copied.
  void add_copy(std::string_view name, std::string_view value);
  void add_number(std::string_view name, std::int64_t value);
  std::span<const http::Field> all() const { return {fields_.data(), count_}; }

 private:
  static constexpr std::size_t fields_max = 24;
  std::array<http::Field, fields_max> fields_;
  std::size_t count_ = 0;
  std::array<char, 1024> text_;
  std::size_t used_ = 0;
};

// x-request-id and x-tollgate-request-id.
void add_request_id(AnswerFields& fields, RequestId id);

// What every answer to a known key says of how it came about: provider, model, attempts, cache.
void add_story(AnswerFields& fields, const RequestRow& row);

// What an answer that is not streamed cost: x-tollgate-cost-usd and x-tollgate-tokens.
void add_cost(AnswerFields& fields, const RequestRow& row);

}  // namespace tollgate
