#pragma once
// The prices of a configuration: those that ship, and its own over them.

#include <memory>

#include "app/config.h"
#include "pricing/catalogue.h"

namespace tollgate {

Result<std::shared_ptr<const Catalogue>> catalogue_of(const Config& config);

}  // namespace tollgate
