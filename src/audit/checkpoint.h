#pragma once
// A signed head of the audit log, as a small text to keep elsewhere: who has it can prove later that no line up to it
// was changed and that the log was not cut off before it.
//
//   tollgate audit checkpoint 1
//   seq 10000
//   hash <64 hexadecimal digits>
//   at 2026-11-29T10:00:00.000Z
//   key <16 hexadecimal digits>
//   signature <128 hexadecimal digits>
//
// The signature is Ed25519 over every byte before its own line. An anchor is the same with `anchor` in its first line:
// it says where a log begins whose older segments went by retention. The two words keep a checkpoint from serving as an
// anchor, which would hide that lines were deleted.

#include <span>
#include <string>
#include <string_view>

#include "audit/chain.h"
#include "base/result.h"
#include "crypto/sign.h"

namespace tollgate {

enum class SignedHeadKind : std::uint8_t { checkpoint, anchor };

struct SignedHead {
  SignedHeadKind kind = SignedHeadKind::checkpoint;
  ChainHead head{};
  WallTime at{};
  std::string key{};  // key_id of who signed
};

constexpr std::size_t max_signed_head_bytes = 4096;

// 16 hexadecimal digits of SHA-256 of "tollgate audit key 1", a line end, and the public key.
std::string audit_key_id(const crypto::PublicKey& key);

std::string sign_head(const crypto::SigningKey& key, SignedHeadKind kind, const ChainHead& head, WallTime at);

// The text as it was signed by one of `keys`. Errors are words for an operator: another format, a key that is not
// known, a signature that is not right.
Result<SignedHead> read_signed_head(std::string_view text, SignedHeadKind kind,
                                    std::span<const crypto::PublicKey> keys);

}  // namespace tollgate
