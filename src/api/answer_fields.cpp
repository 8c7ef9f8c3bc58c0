#include "api/answer_fields.h"

#include <fmt/format.h>

namespace tollgate {

void AnswerFields::add(std::string_view name, std::string_view value) {
  if (count_ < fields_max) fields_[count_++] = {name, value};
}

void AnswerFields::add_copy(std::string_view name, std::string_view value) {
  if (value.size() > text_.size() - used_) return;
  value.copy(text_.data() + used_, value.size());
  add(name, {text_.data() + used_, value.size()});
  used_ += value.size();
}

void AnswerFields::add_number(std::string_view name, std::int64_t value) {
  fmt::format_int text(value);
  add_copy(name, {text.data(), text.size()});
}

void add_request_id(AnswerFields& fields, RequestId id) {
  std::array<char, request_id_length> text;
  write_request_id(id, text.data());
  std::string_view view(text.data(), text.size());
  fields.add_copy("x-request-id", view);
  fields.add_copy("x-tollgate-request-id", view);
}

void add_story(AnswerFields& fields, const RequestRow& row) {
  if (!row.provider.empty()) {
    fields.add("x-tollgate-provider", row.provider);
    fields.add("x-tollgate-model", row.model);
  }
  fields.add_number("x-tollgate-attempts", row.attempts);
  fields.add("x-tollgate-cache", to_string(row.cache));
}

void add_cost(AnswerFields& fields, const RequestRow& row) {
  std::array<char, 96> room;
  auto cost = fmt::format_to_n(room.data(), room.size(), "{}.{:09}", row.cost.nano_usd / nano_per_usd,
                               row.cost.nano_usd % nano_per_usd);
  std::string_view text(room.data(), std::min(cost.size, room.size()));
  while (text.ends_with('0')) text.remove_suffix(1);
  if (text.ends_with('.')) text.remove_suffix(1);
  fields.add_copy("x-tollgate-cost-usd", text);
  auto tokens = fmt::format_to_n(room.data(), room.size(), "in={},cached={},out={}", row.usage.all_input().count,
                                 row.usage.cache_read.count, row.usage.all_output().count);
  fields.add_copy("x-tollgate-tokens", {room.data(), std::min(tokens.size, room.size())});
}

}  // namespace tollgate
