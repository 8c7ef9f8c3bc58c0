#pragma once
// The two forms in which dialects write a vector: a JSON array of numbers, or a JSON string of base64 that holds little-endian 32-bit
// floats.

#include <string>
#include <string_view>

namespace tollgate {

enum class VectorForm : unsigned char { numbers, base64 };

// The vector in that form; as it is when it is so already, or none that can be read. REQUIRES: valid JSON.
std::string vector_as(std::string_view json, VectorForm form);

}  // namespace tollgate
