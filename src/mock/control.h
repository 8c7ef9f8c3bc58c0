#pragma once
// The endpoints by which a test looks into the provider. They need no credential and are neither kept nor billed.
//
//   GET, DELETE /mock/bill       the sums; begins anew
//   GET, DELETE /mock/requests   the last requests as received; forgets them
//   POST        /mock/script     replaces the script; calls in flight keep the old one

#include <string>
#include <string_view>

#include "mock/desk.h"

namespace tollgate::mock {

constexpr std::string_view control_prefix = "/mock/";

// Appends the JSON answer to `out` and returns its status.
int answer_control(Desk& desk, std::string_view method, std::string_view path, std::string_view body, std::string& out);

}  // namespace tollgate::mock
