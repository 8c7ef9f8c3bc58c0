#include "storage/vault/vault.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "identity/virtual_key.h"

namespace tollgate {
namespace {

constexpr std::string_view vault_name = "vault.jsonl";
constexpr std::string_view lock_name = "vault.lock";
constexpr std::string_view master_name = "master.key";
constexpr std::string_view reserved_prefix = "tollgate/";
constexpr std::size_t max_master_file_bytes = 4096;
constexpr int load_attempts = 3;  // another process may rotate the master key between our two reads

Error about_file(std::string_view file, Error error) {
  error.detail = fmt::format("{}: {}", file, error.detail);
  return error;
}

std::string_view name_of(HouseKey key) {
  constexpr std::string_view names[] = {"tollgate/key-pepper", "tollgate/checkpoint-seed", "tollgate/audit-digest",
                                        "tollgate/person-keys"};
  return names[static_cast<std::size_t>(key)];
}

// One key after the other, with `separator` between; blanks and empty places do not count.
Result<std::vector<crypto::Key>> parse_keys(std::string_view text, char separator, std::string_view source) {
  std::vector<crypto::Key> keys;
  for (std::string_view part : split(text, separator)) {
    if (trimmed(part).empty()) continue;
    auto key = crypto::Key::parse(part);
    if (!key)
      return fail(Fault::unavailable, fmt::format("{}: is no key of 32 bytes in hexadecimal or base64", source));
    keys.push_back(*key);
  }
  return keys;
}

Secret text_of_keys(const std::vector<crypto::Key>& keys) {
  std::string text;
  text.reserve(keys.size() * (2 * crypto::key_size + 1));
  for (const auto& key : keys) {
    text += crypto::to_text(key).reveal();
    text += '\n';
  }
  return Secret(std::move(text));
}

Result<void> check_name(std::string_view name) {
  if (!valid_key_name(name))
    return fail(Fault::invalid_request, "a secret's name has letters, digits and ._/:- and at most 128 of them",
                "name");
  if (name.starts_with(reserved_prefix))
    return fail(Fault::invalid_request, "names that begin with `tollgate/` are the gateway's own", "name");
  return {};
}

VaultEntry entry_of(const VaultRow& row) { return {row.name, row.version, row.created, row.changed}; }

Result<void> ask(const Vault::Gate& gate, const VaultRow* before) {
  if (!gate) return {};
  if (before == nullptr) return gate(nullptr);
  const VaultEntry entry = entry_of(*before);
  return gate(&entry);
}

Result<void> check_value(std::string_view value) {
  if (!value.empty() && value.size() <= max_secret_bytes) return {};
  return fail(Fault::invalid_request, "a secret has 1 to 65536 bytes", "value");
}

std::unexpected<Error> no_such_secret(std::string_view name) {
  return fail(Fault::not_found, fmt::format("the vault has no secret `{}`", name), "name");
}

}  // namespace

Vault::Vault(std::string folder, std::vector<crypto::Key> environment_keys)
    : folder_(std::move(folder)), environment_keys_(std::move(environment_keys)) {}

std::string Vault::path(std::string_view name) const { return fmt::format("{}/{}", folder_, name); }

Result<std::unique_ptr<Vault>> Vault::open(std::string folder, Secret master_key) {
  TG_TRY(environment_keys, parse_keys(master_key.reveal(), ',', master_key_variable));
  if (!master_key.empty() && environment_keys.empty())
    return fail(Fault::unavailable, fmt::format("{}: is set, but empty", master_key_variable));
  std::unique_ptr<Vault> vault(new Vault(std::move(folder), std::move(environment_keys)));
  TG_TRY(state, vault->load());
  vault->state_ = std::move(state);
  return vault;
}

Result<void> Vault::make_ring(State& state, std::vector<crypto::Key> file_keys) const {
  std::vector<crypto::Key> all = environment_keys_;
  all.insert(all.end(), file_keys.begin(), file_keys.end());
  state.file_keys = std::move(file_keys);
  if (all.empty()) return {};
  TG_TRY(ring, crypto::Keyring::of(std::move(all)));
  state.ring = std::move(ring);
  return {};
}

Result<Vault::State> Vault::load_once() const {
  State state;
  state.master_stamp = stamp_of(path(master_name));
  state.vault_stamp = stamp_of(path(vault_name));
  TG_TRY(master_text, read_private_file(path(master_name), max_master_file_bytes));
  const Secret master(master_text ? std::move(*master_text) : "");
  TG_TRY(file_keys, parse_keys(master.reveal(), '\n', master_name));
  TG_TRY_VOID(make_ring(state, std::move(file_keys)));
  TG_TRY(vault_text, read_private_file(path(vault_name), max_vault_bytes));
  if (!vault_text) return state;
  if (!state.ring)
    return fail(Fault::unavailable, fmt::format("{}: is sealed, and there is neither {} nor a file {} beside it",
                                                vault_name, master_key_variable, master_name));
  auto rows = read_vault(*vault_text, *state.ring);
  if (!rows) return fail(about_file(vault_name, std::move(rows).error()));
  state.rows = std::move(*rows);
  return state;
}

Result<Vault::State> Vault::load() const {
  auto state = load_once();
  for (int attempt = 1; !state && attempt < load_attempts; ++attempt) state = load_once();
  if (!state) return state;
  if (state_.vault_stamp && !state->vault_stamp)
    return fail(Fault::unavailable, fmt::format("{}: has vanished", vault_name));
  if (state->rows.generation < state_.rows.generation)
    return fail(Fault::unavailable, fmt::format("{}: is an older copy than the one that was read before", vault_name));
  return state;
}

Result<FileLock> Vault::lock() const {
  TG_TRY_VOID(make_private_folder(folder_));
  return FileLock::take(path(lock_name));
}

// REQUIRES: the lock is held.
Result<Vault::State> Vault::load_for_writing() const {
  TG_TRY(state, load());
  if (!state.ring) {
    TG_TRY_VOID(write_master_keys(state, {crypto::Key::random()}));
  }
  return state;
}

Result<void> Vault::write_master_keys(State& state, std::vector<crypto::Key> keys) const {
  TG_TRY_VOID(replace_private_file(path(master_name), text_of_keys(keys).reveal()));
  state.master_stamp = stamp_of(path(master_name));
  return make_ring(state, std::move(keys));
}

Result<void> Vault::store(State state) {
  ++state.rows.generation;
  TG_TRY(text, write_vault(state.rows, *state.ring));
  TG_TRY_VOID(replace_private_file(path(vault_name), text));
  state.vault_stamp = stamp_of(path(vault_name));
  state_ = std::move(state);
  return {};
}

Result<void> Vault::put(State& state, std::string_view name, std::string_view value, WallTime now) const {
  TG_TRY_VOID(check_value(value));
  auto& rows = state.rows.rows;
  VaultRow* row = state.rows.find(name);
  if (!row) {
    if (rows.size() >= max_secrets)
      return fail(Fault::overloaded, fmt::format("the vault holds {} secrets at most", max_secrets));
    auto at = std::find_if(rows.begin(), rows.end(), [&](const VaultRow& other) { return other.name > name; });
    row = &*rows.insert(at, VaultRow{.name = std::string(name), .created = now, .changed = now, .envelope = {}});
  }
  row->version = state.rows.generation + 1;
  row->changed = now;
  row->envelope = state.ring->seal(row->label(), value);
  return {};
}

Result<void> Vault::set(std::string_view name, const Secret& value, WallTime now, const Gate& gate) {
  TG_TRY_VOID(check_name(name));
  TG_TRY_VOID(check_value(value.reveal()));
  std::lock_guard guard(mutex_);
  TG_TRY(held, lock());
  TG_TRY(state, load_for_writing());
  TG_TRY_VOID(ask(gate, state.rows.find(name)));
  TG_TRY_VOID(put(state, name, value.reveal(), now));
  return store(std::move(state));
}

Result<Secret> Vault::get(std::string_view name) const {
  TG_TRY_VOID(check_name(name));
  std::lock_guard guard(mutex_);
  const VaultRow* row = state_.rows.find(name);
  if (!row) return no_such_secret(name);
  return state_.ring->open(row->label(), row->envelope);
}

Result<void> Vault::remove(std::string_view name, const Gate& gate) {
  TG_TRY_VOID(check_name(name));
  std::lock_guard guard(mutex_);
  TG_TRY(held, lock());
  TG_TRY(state, load());
  const VaultRow* found = state.rows.find(name);
  if (!found) return no_such_secret(name);
  TG_TRY_VOID(ask(gate, found));
  std::erase_if(state.rows.rows, [&](const VaultRow& row) { return row.name == name; });
  return store(std::move(state));
}

std::vector<VaultEntry> Vault::list() const {
  std::lock_guard guard(mutex_);
  std::vector<VaultEntry> entries;
  for (const VaultRow& row : state_.rows.rows)
    if (!row.name.starts_with(reserved_prefix)) entries.push_back(entry_of(row));
  return entries;
}

Result<crypto::Key> Vault::house_key(HouseKey which, WallTime now) {
  const std::string_view name = name_of(which);
  auto open_row = [&](const State& state, const VaultRow& row) -> Result<crypto::Key> {
    TG_TRY(bytes, state.ring->open(row.label(), row.envelope));
    auto key = crypto::Key::from_bytes(bytes.reveal());
    if (!key) return fail(Fault::unavailable, fmt::format("{}: `{}` is no key", vault_name, name));
    return *key;
  };
  std::lock_guard guard(mutex_);
  if (const VaultRow* row = state_.rows.find(name)) return open_row(state_, *row);
  TG_TRY(held, lock());
  TG_TRY(state, load_for_writing());
  if (const VaultRow* row = state.rows.find(name)) return open_row(state, *row);  // another process made it meanwhile
  crypto::Key key = crypto::Key::random();
  TG_TRY_VOID(put(state, name, key.bytes(), now));
  TG_TRY_VOID(store(std::move(state)));
  return key;
}

// A rotation that died has left two keys: then the newer one, which is fresh, is taken and the rotation finished.
Result<void> Vault::add_master_key(State& state) const {
  if (state.file_keys.size() > 1) return {};
  std::vector<crypto::Key> keys = {crypto::Key::random()};
  keys.insert(keys.end(), state.file_keys.begin(), state.file_keys.end());
  return write_master_keys(state, std::move(keys));
}

Result<MasterRotation> Vault::rotate_master(const MasterGate& gate) {
  std::lock_guard guard(mutex_);
  TG_TRY(held, lock());
  TG_TRY(state, load_for_writing());
  const bool from_file = environment_keys_.empty();
  if (from_file) {
    TG_TRY_VOID(add_master_key(state));
  } else if (state.ring->ids().size() == 1) {
    return fail(Fault::invalid_request, fmt::format("{} holds one key: set it to NEW,OLD first", master_key_variable));
  }
  MasterRotation rotation{.master = state.ring->newest(), .rewrapped = 0};
  for (VaultRow& row : state.rows.rows) {
    rotation.rewrapped += row.envelope.master != rotation.master;
    TG_TRY(envelope, state.ring->rewrap(row.label(), row.envelope));
    row.envelope = std::move(envelope);
  }
  if (gate) TG_TRY_VOID(gate(rotation.master));
  const std::vector<crypto::Key> file_keys = state.file_keys;
  TG_TRY_VOID(store(std::move(state)));
  if (from_file) {
    TG_TRY_VOID(write_master_keys(state_, {file_keys.front()}));
  }
  return rotation;
}

Result<bool> Vault::refresh() {
  std::lock_guard guard(mutex_);
  if (stamp_of(path(vault_name)) == state_.vault_stamp && stamp_of(path(master_name)) == state_.master_stamp)
    return false;
  TG_TRY(state, load());
  state_ = std::move(state);
  return true;
}

std::uint64_t Vault::generation() const {
  std::lock_guard guard(mutex_);
  return state_.rows.generation;
}

}  // namespace tollgate
