#pragma once
// Who is asking, and to whom the cost is attributed.

#include <string>
#include <utility>
#include <vector>

namespace tollgate {

// Tags stay sorted by name, so equal sets are equal values. At most max_tags of them.
using Tags = std::vector<std::pair<std::string, std::string>>;
constexpr std::size_t max_tags = 16;
constexpr std::size_t max_attribution_bytes = 256;  // of one user, feature, tag name or tag value

struct Attribution {
  std::string team;
  std::string user;
  std::string feature;
  Tags tags;
  friend bool operator==(const Attribution&, const Attribution&) = default;
};

}  // namespace tollgate
