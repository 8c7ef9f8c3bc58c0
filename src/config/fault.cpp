#include "config/fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace tollgate::config {

std::string to_string(const ConfigFault& fault) {
  std::string out = fmt::format("{}:{}:{}: ", fault.file, fault.place.line, fault.place.column);
  if (fault.severity == Severity::warning) out += "warning: ";
  if (!fault.setting.empty()) out += fault.setting + ": ";
  out += fault.what;
  if (!fault.suggestion.empty()) out += fmt::format("; did you mean `{}`?", fault.suggestion);
  return out;
}

void Faults::add(Place place, std::string setting, std::string what, std::string suggestion) {
  ++errors_;
  put({file_, place, std::move(setting), std::move(what), std::move(suggestion), Severity::error});
}

void Faults::warn(Place place, std::string setting, std::string what, std::string suggestion) {
  put({file_, place, std::move(setting), std::move(what), std::move(suggestion), Severity::warning});
}

void Faults::unreadable(std::string what) {
  ++errors_;
  put({file_, {}, {}, std::move(what), {}, Severity::unreadable});
}

void Faults::put(ConfigFault fault) {
  if (!full()) faults_.push_back(std::move(fault));
}

std::vector<ConfigFault> Faults::take() {
  std::ranges::stable_sort(faults_, {},
                           [](const ConfigFault& fault) { return std::tuple(fault.place.line, fault.place.column); });
  errors_ = 0;
  return std::exchange(faults_, {});
}

std::string shown(std::string_view word) {
  constexpr std::size_t max_shown = 80;
  bool address_with_password = word.find("://") != std::string_view::npos && word.find('@') != std::string_view::npos;
  if (address_with_password) return "`***`";
  std::string out = "`";
  for (char c : word.substr(0, max_shown)) out += static_cast<unsigned char>(c) < ' ' || c == 127 ? '?' : c;
  while (word.size() > max_shown && !out.empty() && (out.back() & 0x80)) out.pop_back();  // no half character
  out += word.size() > max_shown ? "…`" : "`";
  return out;
}

}  // namespace tollgate::config
