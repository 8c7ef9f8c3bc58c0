#pragma once
// The admin port's start page until the dashboard is built: version, spend by key, links.

#include <string>

#include "app/telemetry.h"

namespace tollgate {

std::string admin_page(Telemetry& telemetry, std::uint16_t model_port);

}  // namespace tollgate
