#pragma once
// Where and how one provider is called: made at load from its configuration, part of a snapshot.

#include <string>
#include <vector>

#include "ports/network.h"
#include "providers/types.h"

namespace tollgate {

struct Upstream {
  std::string name;       // in the configuration
  Origin origin;
  std::size_t origin_id = 0;  // equal origins have equal ids, whatever the snapshot: their connections are shared
  std::string authority;  // for Host
  std::string root_path;  // of the base URL: "" or "/v1"
  std::string base_path;  // the same with the type's own path behind it
  std::vector<std::pair<std::string, std::string>> headers{};  // that every request carries
  Proof proof = Proof::bearer;
  std::string region{};   // that AWS signatures name
};

}  // namespace tollgate
