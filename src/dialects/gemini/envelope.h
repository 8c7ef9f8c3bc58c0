#pragma once
// Signed reasoning of other families, on its way through a Gemini client.
//
// A Gemini client sends back what stands in `thoughtSignature` of a part, and nothing else of a thought; its SDKs hold the field as
// bytes, so it must be base64. What another family signed is put there as base64 of {"tg":1,"o":origin,"s":signature,"r":redacted,
// "i":id}, empty members left out, and read back out of it. Gemini's own signatures stand there as they are.

#include <optional>
#include <string>
#include <string_view>

#include "domain/part.h"

namespace tollgate::gemini {

// The thoughtSignature of a thought; empty when nothing is signed.
std::string signature_field_of(const Reasoning& reasoning);

// The signed parts of a thought from its thoughtSignature: of whose they are, and for Gemini's own the text as it is.
Reasoning signed_by(std::string_view field);

}  // namespace tollgate::gemini
