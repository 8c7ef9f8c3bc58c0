#pragma once
// What a part is called in x-tollgate-dropped.

#include <string>

#include "domain/part.h"

namespace tollgate {

std::string name_of(const Part& part);

}  // namespace tollgate
