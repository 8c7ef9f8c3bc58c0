#include "identity/virtual_key.h"

#include <algorithm>

namespace tollgate {

bool valid_key_name(std::string_view name) {
  auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("._/:-").find(c) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= max_key_name_length && std::all_of(name.begin(), name.end(), allowed);
}

}  // namespace tollgate
