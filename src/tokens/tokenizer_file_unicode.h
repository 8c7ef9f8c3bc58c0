#pragma once
// What Unicode says of texts as a whole: forms, lower case, accents, white space at the ends; by utf8proc. All take valid UTF-8, and time
// linear in it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tollgate {

enum class UnicodeForm : std::uint8_t { nfc, nfd, nfkc, nfkd };

// Writes the text in that form. False where a stretch of more than 2 KiB of marks was cut: the form may differ there.
bool in_form(UnicodeForm form, std::string& text);

// Each character for itself: no final sigma, as Rust's char::to_lowercase.
std::string in_lower_case(std::string_view text);
// Without marks of any kind.
std::string without_accents(std::string_view text);

std::size_t spaces_at_start(std::string_view text);  // bytes of White_Space
std::size_t spaces_at_end(std::string_view text);

}  // namespace tollgate
