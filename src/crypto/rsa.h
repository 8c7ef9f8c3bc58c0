#pragma once
// RSA signatures with SHA-256 (RS256, RFC 7518 3.3): a service account's key signs the token that it is exchanged for.

#include <optional>
#include <string>
#include <string_view>

namespace tollgate::crypto {

// The signature's bytes; empty when `pem` holds no private key of RSA.
std::optional<std::string> sign_rs256(std::string_view pem, std::string_view message);

// Whether the public key of this pair of keys agrees. For tests and checks.
bool verify_rs256(std::string_view private_pem, std::string_view message, std::string_view signature);

}  // namespace tollgate::crypto
