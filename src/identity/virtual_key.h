#pragma once
// A virtual key: who calls, what they may ask for, from where and until when. A value without its secret.
//
// It comes from the configuration (`keys:`) or from the key store (`tollgate keys create`, dashboard, admin API); both
// look alike from here on.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "domain/caller.h"

namespace tollgate {

constexpr std::size_t max_key_name_length = 128;
constexpr std::size_t max_key_models = 256;     // patterns of one key
constexpr std::size_t max_key_addresses = 256;  // blocks of one key

// What a request itself may say instead of what the key says.
struct MaySet {
  bool user = false;
  bool feature = false;
  bool tags = false;
  friend bool operator==(const MaySet&, const MaySet&) = default;
};

struct VirtualKey {
  std::string name;
  Attribution attribution{};
  std::vector<std::string> models{};  // routes it may ask for, with a trailing `*`; empty: all
  MaySet may_set{};
  std::optional<WallTime> expires{};  // valid before this moment; empty: for ever
  std::vector<Cidr> allow_from{};     // empty: from anywhere
  bool revoked = false;
  friend bool operator==(const VirtualKey&, const VirtualKey&) = default;
};

// Letters, digits and `._/:-`, at most max_key_name_length.
bool valid_key_name(std::string_view name);

}  // namespace tollgate
