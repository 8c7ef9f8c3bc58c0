#include "net/http1/fields.h"

#include <algorithm>

#include "base/text.h"

namespace tollgate::http {

std::optional<std::string_view> FieldTable::find(std::string_view name) const {
  for (std::size_t i = 0; i < size_; ++i)
    if (entries_[i].name_size == name.size() && iequals((*this)[i].name, name)) return (*this)[i].value;
  return std::nullopt;
}

std::size_t FieldTable::count(std::string_view name) const {
  std::size_t count = 0;
  for (Field field : *this) count += iequals(field.name, name);
  return count;
}

bool FieldTable::add(Field field) {
  if (size_ == capacity) return false;
  auto offset = [&](const char* at) { return static_cast<std::uint16_t>(at - base_); };
  entries_[size_++] = {offset(field.name.data()), static_cast<std::uint16_t>(field.name.size()),
                       offset(field.value.data()), static_cast<std::uint16_t>(field.value.size())};
  return true;
}

bool ListElements::next(std::string_view& element) {
  while (!rest_.empty()) {
    std::size_t end = std::min(rest_.find(','), rest_.size());
    element = trimmed(rest_.substr(0, end));
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (!element.empty()) return true;
  }
  return false;
}

bool is_hop_by_hop(std::string_view name) {
  constexpr std::string_view names[] = {
      "connection",       "keep-alive",         "te",                  "trailer",       "transfer-encoding", "upgrade",
      "proxy-connection", "proxy-authenticate", "proxy-authorization", "http2-settings"};
  return std::any_of(std::begin(names), std::end(names), [&](std::string_view n) { return iequals(n, name); });
}

bool is_named_in_connection(const FieldTable& fields, std::string_view name) {
  for (Field field : fields) {
    if (!iequals(field.name, "connection")) continue;
    ListElements elements(field.value);
    for (std::string_view element; elements.next(element);)
      if (iequals(element, name)) return true;
  }
  return false;
}

}  // namespace tollgate::http
