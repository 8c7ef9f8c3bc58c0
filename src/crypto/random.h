#pragma once
// Randomness for keys and nonces, straight from the operating system's generator.
//
// Rules that must be repeatable in a simulation take async's Random instead; what is made here protects something and
// must never repeat. When the system has no generator there is nothing safe to do: these functions throw
// std::runtime_error.

#include <cstdint>
#include <span>
#include <string>

namespace tollgate::crypto {

void fill_random(std::span<std::uint8_t> out);
std::string random_bytes(std::size_t count);
std::uint64_t random_u64();

// Readies libsodium, once per process; cheap afterwards. Every wrapper of this folder that needs it calls it itself.
void require_sodium();

}  // namespace tollgate::crypto
