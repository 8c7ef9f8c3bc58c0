#pragma once
// CRC-32C (Castagnoli), the checksum of everything in the journal. Uses the processor's instruction where there is one.
// Source: RFC 3720 appendix B.4 (polynomial 0x1EDC6F41, reflected; its vectors are in crc32c_test.cpp).

#include <cstddef>
#include <cstdint>

namespace tollgate {

std::uint32_t crc32c(const void* bytes, std::size_t size);

// The same without the instruction; for machines without it, and for the test that compares the two.
std::uint32_t crc32c_by_table(const void* bytes, std::size_t size);

}  // namespace tollgate
