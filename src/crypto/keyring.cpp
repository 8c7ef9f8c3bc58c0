#include "crypto/keyring.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "crypto/seal.h"

namespace tollgate::crypto {
namespace {

constexpr std::size_t id_bytes = 8;

// Each part with its length before it, so that no two different labels give the same bytes.
void append_part(std::string& out, std::string_view part) {
  std::uint64_t length = part.size();
  for (int i = 0; i < 8; ++i) out += static_cast<char>(length >> (8 * i));
  out += part;
}

std::string associated(std::string_view step, std::string_view master, const Label& label) {
  std::string out;
  append_part(out, step);
  append_part(out, master);
  append_part(out, label.purpose);
  append_part(out, label.name);
  append_part(out, std::to_string(label.version));
  return out;
}

std::string wrap_data(std::string_view master, const Label& label) {
  return associated("tollgate wrap 1", master, label);
}
std::string value_data(const Label& label) { return associated("tollgate value 1", "", label); }

Key file_key(const Key& master, std::string_view purpose) {
  return HmacKey(master).derive(fmt::format("tollgate file tag 1: {}", purpose));
}

Error changed(const Label& label) {
  return {.fault = Fault::unavailable,
          .detail = fmt::format("`{}` does not open: its row was changed, or belongs to another name", label.name)};
}

}  // namespace

std::string master_id(const Key& key) {
  Digest digest = HmacKey(key).mac("tollgate master key id 1");
  return hex(bytes_of(digest).substr(0, id_bytes));
}

Result<Keyring> Keyring::of(std::vector<Key> newest_first) {
  Keyring ring;
  for (Key& key : newest_first) {
    std::string id = master_id(key);
    bool known = std::any_of(ring.masters_.begin(), ring.masters_.end(), [&](const Master& m) { return m.id == id; });
    if (!known) ring.masters_.push_back({std::move(id), key});
  }
  if (ring.masters_.empty()) return fail(Fault::unavailable, "there is no master key");
  if (ring.masters_.size() > max_master_keys)
    return fail(Fault::unavailable, fmt::format("more than {} master keys", max_master_keys));
  return ring;
}

std::vector<std::string> Keyring::ids() const {
  std::vector<std::string> ids;
  for (const Master& master : masters_) ids.push_back(master.id);
  return ids;
}

Result<const Keyring::Master*> Keyring::find(std::string_view id) const {
  for (const Master& master : masters_)
    if (master.id == id) return &master;
  return fail(Fault::unavailable, fmt::format("sealed with master key {}, but the master key given here is {}", id,
                                              fmt::join(ids(), ", ")));
}

Envelope Keyring::seal(const Label& label, std::string_view text) const {
  const Master& master = masters_.front();
  Key data_key = Key::random();
  return {.master = master.id,
          .wrapped_key = crypto::seal(master.key, data_key.bytes(), wrap_data(master.id, label)),
          .value = crypto::seal(data_key, text, value_data(label))};
}

Result<Key> Keyring::unwrap(const Label& label, const Envelope& envelope) const {
  TG_TRY(master, find(envelope.master));
  auto bytes = crypto::open(master->key, envelope.wrapped_key, wrap_data(master->id, label));
  if (!bytes) return fail(changed(label));
  auto key = Key::from_bytes(bytes->reveal());
  if (!key) return fail(changed(label));
  return *key;
}

Result<Secret> Keyring::open(const Label& label, const Envelope& envelope) const {
  TG_TRY(data_key, unwrap(label, envelope));
  auto text = crypto::open(data_key, envelope.value, value_data(label));
  if (!text) return fail(changed(label));
  return std::move(*text);
}

Result<Envelope> Keyring::rewrap(const Label& label, const Envelope& envelope) const {
  if (envelope.master == newest()) return envelope;
  TG_TRY(data_key, unwrap(label, envelope));
  const Master& master = masters_.front();
  return Envelope{.master = master.id,
                  .wrapped_key = crypto::seal(master.key, data_key.bytes(), wrap_data(master.id, label)),
                  .value = envelope.value};
}

Digest Keyring::file_tag(std::string_view purpose, std::string_view bytes) const {
  return HmacKey(file_key(newest_key(), purpose)).mac(bytes);
}

Result<void> Keyring::check_file_tag(std::string_view purpose, std::string_view master, std::string_view bytes,
                                     std::string_view tag) const {
  TG_TRY(key, find(master));
  if (!HmacKey(file_key(key->key, purpose)).verify(bytes, tag))
    return fail(Fault::unavailable, "was changed outside Tollgate, or damaged");
  return {};
}

}  // namespace tollgate::crypto
