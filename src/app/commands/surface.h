#pragma once
// What clients can reach and in which language, as data for `tollgate describe`. The tables that serve are in api/; a
// test compares.

#include <string_view>
#include <vector>

#include "base/error.h"

namespace tollgate {

constexpr std::string_view to_string(Blame blame) {
  constexpr std::string_view names[] = {"caller", "provider", "gateway"};
  return names[static_cast<std::size_t>(blame)];
}

struct DescribedEndpoint {
  std::string_view port;  // model or admin
  std::string_view method;
  std::string_view path;  // a trailing `*` stands for one segment or more
  std::string_view credential;
  std::string_view help;
};

// What model_port.cpp and admin_port.cpp serve: the doors of the dialects first.
std::vector<DescribedEndpoint> described_endpoints();

}  // namespace tollgate
