#pragma once
// The page of all metrics, docs/generated/metrics.md, made from their families. The committed page is compared with
// this in every test run.

#include <span>
#include <string>

#include "metrics/family.h"

namespace tollgate {

std::string metrics_reference_markdown(std::span<const Family* const> families);

}  // namespace tollgate
