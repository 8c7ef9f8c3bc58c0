#include "audit/checkpoint.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace tollgate {
namespace {

constexpr std::string_view key_domain = "tollgate audit key 1\n";
constexpr std::size_t key_id_bytes = 8;
constexpr std::string_view signature_mark = "signature ";

std::string_view word_of(SignedHeadKind kind) { return kind == SignedHeadKind::anchor ? "anchor" : "checkpoint"; }

std::string first_line(SignedHeadKind kind) { return fmt::format("tollgate audit {} 1", word_of(kind)); }

std::unexpected<Error> wrong(SignedHeadKind kind, std::string_view what) {
  return fail(Fault::unavailable, fmt::format("the audit {} {}", word_of(kind), what));
}

template <std::size_t size>
bool read_bytes(std::string_view text, std::array<std::uint8_t, size>& out) {
  auto bytes = text.size() == 2 * size ? unhex(text) : std::nullopt;
  if (!bytes || hex(*bytes) != text) return false;  // one text for each value
  std::ranges::copy(*bytes, out.begin());
  return true;
}

// The value of `name value`; empty when the line is another one.
std::string_view value_of(std::string_view line, std::string_view name) {
  if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ' ') return {};
  return line.substr(name.size() + 1);
}

struct Parsed {
  SignedHead head{};
  crypto::Signature signature{};
};

bool parse(const std::vector<std::string_view>& lines, SignedHeadKind kind, Parsed& out) {
  if (lines.size() != 7 || lines[0] != first_line(kind) || !lines[6].empty()) return false;
  auto seq = parse_u64(value_of(lines[1], "seq"));
  if (!seq || !read_bytes(value_of(lines[2], "hash"), out.head.head.hash)) return false;
  if (!parse_rfc3339(value_of(lines[3], "at"), out.head.at)) return false;
  out.head.kind = kind;
  out.head.head.seq = *seq;
  out.head.key = value_of(lines[4], "key");
  return read_bytes(value_of(lines[5], "signature"), out.signature);
}

}  // namespace

std::string audit_key_id(const crypto::PublicKey& key) {
  crypto::Sha256 hash;
  hash.add(key_domain);
  hash.add({reinterpret_cast<const char*>(key.data()), key.size()});
  const crypto::Digest digest = hash.finish();
  return hex(crypto::bytes_of(digest).substr(0, key_id_bytes));
}

std::string sign_head(const crypto::SigningKey& key, SignedHeadKind kind, const ChainHead& head, WallTime at) {
  std::string text = fmt::format("{}\nseq {}\nhash {}\nat {}\nkey {}\n", first_line(kind), head.seq,
                                 hex(crypto::bytes_of(head.hash)), rfc3339(at), audit_key_id(key.public_key()));
  const crypto::Signature signature = key.sign(text);
  text += fmt::format("{}{}\n", signature_mark, hex({reinterpret_cast<const char*>(signature.data()), signature.size()}));
  return text;
}

Result<SignedHead> read_signed_head(std::string_view text, SignedHeadKind kind,
                                    std::span<const crypto::PublicKey> keys) {
  Parsed parsed;
  if (text.size() > max_signed_head_bytes || !parse(split(text, '\n'), kind, parsed))
    return wrong(kind, "is no such text, or of another format");
  auto key = std::ranges::find_if(keys, [&](const crypto::PublicKey& one) { return audit_key_id(one) == parsed.head.key; });
  if (key == keys.end()) return wrong(kind, "is signed with a key that is not known here");
  const std::string_view covered = text.substr(0, text.rfind(signature_mark));
  const std::string_view signature(reinterpret_cast<const char*>(parsed.signature.data()), parsed.signature.size());
  if (!crypto::verify(*key, covered, signature)) return wrong(kind, "has a wrong signature: it was changed or forged");
  return parsed.head;
}

}  // namespace tollgate
