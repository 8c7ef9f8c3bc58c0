#pragma once
// Keyring: the master keys that a vault is sealed with. The newest one seals; older ones only open, until everything is
// re-wrapped.
//
// Each value has its own random data key, and only that key is wrapped by a master key:
//
//   Envelope   master id
//              wrapped key   seal(master key, data key, about "wrap" + master id + label)
//              value         seal(data key, text, about "value" + label)
//
// So a new master key means re-wrapping 32 bytes for each value; values themselves are not touched. The Label says what
// a value is (purpose, name, version) and is part of both seals: a row copied to another name, or an old row put back
// under a newer version, does not open.
//
// A keyring is a value and never changes; it is safe to read from all threads.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "crypto/hash.h"
#include "crypto/key.h"

namespace tollgate::crypto {

constexpr std::size_t max_master_keys = 8;

// 16 hexadecimal digits made from the key itself: nobody has to keep a list, and it tells nothing about the key.
std::string master_id(const Key& key);

struct Label {
  std::string_view purpose;  // "vault"
  std::string_view name;
  std::uint64_t version = 0;
};

struct Envelope {
  std::string master;       // id of the master key
  std::string wrapped_key;  // 72 bytes
  std::string value;        // 40 bytes more than the text
};

class Keyring {
 public:
  // Newest first; a key that is there twice counts once. Fails without any key, or with more than max_master_keys.
  static Result<Keyring> of(std::vector<Key> newest_first);

  const std::string& newest() const { return masters_.front().id; }
  std::vector<std::string> ids() const;
  const Key& newest_key() const { return masters_.front().key; }

  Envelope seal(const Label& label, std::string_view text) const;

  // Fails with words for an operator: which master key is missing, or that the value or its label was changed.
  Result<Secret> open(const Label& label, const Envelope& envelope) const;

  // The same value under the newest master key; a copy when it is there already.
  Result<Envelope> rewrap(const Label& label, const Envelope& envelope) const;

  // Authenticates a whole file, so that a row that was dropped or put in is found: a tag under a key derived from the
  // newest master key, and the check under the one of that id.
  Digest file_tag(std::string_view purpose, std::string_view bytes) const;
  Result<void> check_file_tag(std::string_view purpose, std::string_view master, std::string_view bytes,
                              std::string_view tag) const;

 private:
  struct Master {
    std::string id;
    Key key;
  };
  Result<const Master*> find(std::string_view id) const;
  Result<Key> unwrap(const Label& label, const Envelope& envelope) const;

  std::vector<Master> masters_;
};

}  // namespace tollgate::crypto
