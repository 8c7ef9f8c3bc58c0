#include "base/address_settings.h"

namespace tollgate {

bool Scalar<ListenAddress>::read(std::string_view text, ListenAddress& out) {
  auto address = parse_listen(text);
  if (address) out = *address;
  return address.has_value();
}

bool Scalar<Cidr>::read(std::string_view text, Cidr& out) {
  auto block = parse_cidr(text);
  if (block) out = *block;
  return block.has_value();
}

}  // namespace tollgate
