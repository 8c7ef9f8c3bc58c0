#pragma once
// Addresses as values of settings (describe.h).

#include "base/address.h"
#include "base/describe.h"

namespace tollgate {

template <>
struct Scalar<ListenAddress> {
  static constexpr ScalarKind kind{.words = "an address and port such as 127.0.0.1:8080 or [::1]:8080",
                                   .pattern = "^([0-9.]+|\\[[0-9A-Fa-f:.]+\\]):[0-9]{1,5}$"};
  static bool read(std::string_view text, ListenAddress& out);
  static std::string write(const ListenAddress& value) { return format_listen(value); }
};

template <>
struct Scalar<Cidr> {
  static constexpr ScalarKind kind{
      .words = "a block of addresses such as 10.0.0.0/8 or fd00::/8, without bits behind its length",
      .pattern = "^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$"};
  static bool read(std::string_view text, Cidr& out);
  static std::string write(const Cidr& value) { return format_cidr(value); }
};

}  // namespace tollgate
