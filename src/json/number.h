#pragma once
// Number literals: checked by RFC 8259, section 6, and bounded so that every parser behind us reads the same value. A
// literal has at most max_number_length characters and an exponent of at most max_exponent; its value as a double is
// neither infinite nor, when it has a digit that is not zero, rounded to nothing. Integers may have more than 64 bits:
// their bytes pass, `whole_number` is empty.

#include <cstdint>
#include <optional>
#include <string_view>

namespace tollgate::json {

constexpr int max_number_length = 512;
constexpr int max_exponent = 9999;

// The end of the literal that begins at `p` with a digit or a minus sign; null when it is wrong, and then `what` says
// how.
const char* skip_number(const char* p, const char* end, std::string_view& what);

// The value of a checked literal when it is whole and fits 64 bits: "1", "-3", "1.0", "1e3". Empty for "25e-1".
std::optional<std::int64_t> whole_number(std::string_view literal);

}  // namespace tollgate::json
