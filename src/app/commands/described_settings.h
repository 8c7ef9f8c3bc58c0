#pragma once
// All settings as one flat list, for `tollgate describe`: made from the descriptions that loading uses.

#include <string>
#include <vector>

namespace tollgate {

struct DescribedSetting {
  std::string name;           // routes.NAME.targets[].provider
  std::string value;          // what may be written, in words; empty when it is not yet available
  std::string default_value;  // as it would be written, or what leaving it out means
  std::string help;
  bool required = false;
  bool available = true;
};

// In the order of the file; a group stands before its settings.
std::vector<DescribedSetting> described_settings();

}  // namespace tollgate
