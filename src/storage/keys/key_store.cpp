#include "storage/keys/key_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "identity/attribution.h"
#include "identity/key_format.h"

namespace tollgate {
namespace {

constexpr std::string_view file_name = "keys.jsonl";
constexpr std::size_t max_secrets_of_a_key = 4;
constexpr std::int64_t ns_per_ms = 1'000'000;

// What the file can hold.
WallTime whole_ms(WallTime at) { return {at.ns / ns_per_ms * ns_per_ms}; }

std::unexpected<Error> conflict(std::string detail) {
  return fail(Error{.fault = Fault::invalid_request,
                    .detail = std::move(detail),
                    .param = "name",
                    .code = "conflict",
                    .http_status = 409});
}

std::unexpected<Error> stale(std::string_view name) {
  return fail(Error{.fault = Fault::invalid_request,
                    .detail = fmt::format("key `{}` was changed meanwhile", name),
                    .param = "if-match",
                    .code = "precondition_failed",
                    .http_status = 412});
}

std::unexpected<Error> about_file(Error error) {
  error.detail = fmt::format("{}: {}", file_name, error.detail);
  return fail(std::move(error));
}

Result<void> check_text(std::string_view text, std::string_view field) {
  if (auto fault = attribution_fault(text); !fault.empty())
    return fail(Fault::invalid_request, fmt::format("`{}` {}", field, fault), std::string(field));
  return {};
}

Result<void> check_count(std::size_t count, std::size_t most, std::string_view field) {
  if (count <= most) return {};
  return fail(Fault::invalid_request, fmt::format("`{}` has more than {}", field, most), std::string(field));
}

Result<void> check_attribution(const Attribution& attribution) {
  using Field = std::pair<std::string_view, const std::string&>;
  for (const auto& [field, text] :
       {Field("team", attribution.team), Field("user", attribution.user), Field("feature", attribution.feature)})
    if (!text.empty()) TG_TRY_VOID(check_text(text, field));
  for (const auto& [name, value] : attribution.tags) {
    TG_TRY_VOID(check_text(name, "tags"));
    TG_TRY_VOID(check_text(value, "tags"));
  }
  TG_TRY_VOID(check_count(attribution.tags.size(), max_tags, "tags"));
  auto not_before = [](const auto& a, const auto& b) { return a.first >= b.first; };
  if (std::adjacent_find(attribution.tags.begin(), attribution.tags.end(), not_before) != attribution.tags.end())
    return fail(Fault::invalid_request, "`tags` must be sorted, each name once", "tags");
  return {};
}

Result<void> check_limit(const StoredLimit& limit) {
  for (const std::string* text : {&limit.measure, &limit.amount, &limit.every}) {
    TG_TRY_VOID(check_text(*text, "limits"));
    TG_TRY_VOID(check_count(text->size(), max_limit_text, "limits"));
  }
  return {};
}

// Those that are still valid, newest first, the current one with its end.
std::vector<KeyDigest> ended(const std::vector<KeyDigest>& secrets, WallTime end, WallTime now) {
  std::vector<KeyDigest> kept;
  for (KeyDigest secret : secrets) {
    secret.until = secret.until ? std::min(*secret.until, end) : end;
    if (*secret.until > now && kept.size() + 1 < max_secrets_of_a_key) kept.push_back(secret);
  }
  return kept;
}

}  // namespace

Result<void> check_key_settings(const KeySettings& settings) {
  TG_TRY_VOID(check_attribution(settings.attribution));
  TG_TRY_VOID(check_count(settings.models.size(), max_key_models, "models"));
  TG_TRY_VOID(check_count(settings.allow_from.size(), max_key_addresses, "allow_from"));
  TG_TRY_VOID(check_count(settings.limits.size(), max_key_limits, "limits"));
  for (const auto& model : settings.models) TG_TRY_VOID(check_text(model, "models"));
  for (const auto& limit : settings.limits) TG_TRY_VOID(check_limit(limit));
  return {};
}

Result<std::unique_ptr<KeyStore>> KeyStore::open(std::string folder, const crypto::Key& pepper) {
  std::unique_ptr<KeyStore> store(new KeyStore(std::move(folder), pepper));
  TG_TRY(state, store->load());
  store->state_ = std::move(state);
  return store;
}

Result<KeyStore::State> KeyStore::load() const {
  const std::string path = fmt::format("{}/{}", folder_, file_name);
  State state{.stamp = stamp_of(path), .keys = {}};
  TG_TRY(text, read_private_file(path, max_key_file_bytes));
  if (!text && state_.stamp) return fail(Fault::unavailable, fmt::format("{}: has vanished", file_name));
  if (!text) return state;
  auto keys = read_key_file(*text, tag_key_);
  if (!keys) return about_file(std::move(keys).error());
  if (keys->generation < state_.keys.generation)
    return fail(Fault::unavailable, fmt::format("{}: is an older copy than the one that was read before", file_name));
  state.keys = std::move(*keys);
  return state;
}

Result<FileLock> KeyStore::lock() const {
  TG_TRY_VOID(make_private_folder(folder_));
  return FileLock::take(fmt::format("{}/keys.lock", folder_));
}

Result<void> KeyStore::store(State state) {
  const std::string path = fmt::format("{}/{}", folder_, file_name);
  ++state.keys.generation;
  TG_TRY(text, write_key_file(state.keys, tag_key_));
  TG_TRY_VOID(replace_private_file(path, text));
  state.stamp = stamp_of(path);
  state_ = std::move(state);
  return {};
}

Result<StoredKey*> KeyStore::find(State& state, std::string_view name, Version expected) const {
  StoredKey* key = state.keys.find(name);
  if (!key) return fail(Fault::not_found, fmt::format("there is no created key `{}`", name), "name");
  if (expected && *expected != key->version) return stale(name);
  return key;
}

Secret KeyStore::issue(StoredKey& key) const {
  MadeKey made = make_key();
  key.id = std::move(made.id);
  key.secrets.insert(key.secrets.begin(), KeyDigest{.digest = hash_.of(made.text.reveal()), .until = {}});
  return std::move(made.text);
}

template <class Edit>
Result<StoredKey> KeyStore::edit(std::string_view name, WallTime now, Version expected, const Gate& gate, Edit edit) {
  std::lock_guard guard(mutex_);
  TG_TRY(held, lock());
  TG_TRY(state, load());
  TG_TRY(key, find(state, name, expected));
  const StoredKey before = *key;
  TG_TRY_VOID(edit(*key));
  key->version = state.keys.generation + 1;
  key->changed = whole_ms(now);
  StoredKey changed = *key;
  if (gate) TG_TRY_VOID(gate(&before, &changed));
  TG_TRY_VOID(store(std::move(state)));
  return changed;
}

Result<IssuedKey> KeyStore::create(std::string_view name, KeySettings settings, WallTime now, const Gate& gate) {
  if (!valid_key_name(name))
    return fail(Fault::invalid_request, "a key's name has letters, digits and ._/:- and at most 128 of them", "name");
  TG_TRY_VOID(check_key_settings(settings));
  if (settings.expires) settings.expires = whole_ms(*settings.expires);
  std::lock_guard guard(mutex_);
  TG_TRY(held, lock());
  TG_TRY(state, load());
  auto& keys = state.keys.keys;
  if (state.keys.find(name)) return conflict(fmt::format("there is a key `{}` already", name));
  if (keys.size() >= max_stored_keys) return fail(Fault::overloaded, fmt::format("{} keys at most", max_stored_keys));
  StoredKey key{.name = std::string(name),
                .id = {},
                .version = state.keys.generation + 1,
                .created = whole_ms(now),
                .changed = whole_ms(now),
                .settings = std::move(settings)};
  Secret secret = issue(key);
  if (gate) TG_TRY_VOID(gate(nullptr, &key));
  keys.insert(std::find_if(keys.begin(), keys.end(), [&](const StoredKey& other) { return other.name > name; }), key);
  TG_TRY_VOID(store(std::move(state)));
  return IssuedKey{std::move(secret), std::move(key)};
}

std::vector<StoredKey> KeyStore::list() const {
  std::lock_guard guard(mutex_);
  return state_.keys.keys;
}

std::optional<StoredKey> KeyStore::show(std::string_view name) const {
  std::lock_guard guard(mutex_);
  const StoredKey* key = state_.keys.find(name);
  return key ? std::optional(*key) : std::nullopt;
}

Result<StoredKey> KeyStore::change(std::string_view name, KeySettings settings, WallTime now, Version expected, const Gate& gate) {
  TG_TRY_VOID(check_key_settings(settings));
  if (settings.expires) settings.expires = whole_ms(*settings.expires);
  return edit(name, now, expected, gate, [&](StoredKey& key) -> Result<void> {
    key.settings = std::move(settings);
    return {};
  });
}

Result<StoredKey> KeyStore::revoke(std::string_view name, WallTime now, Version expected, const Gate& gate) {
  return edit(name, now, expected, gate, [&](StoredKey& key) -> Result<void> {
    if (!key.revoked) key.revoked = whole_ms(now);
    return {};
  });
}

Result<IssuedKey> KeyStore::rotate(std::string_view name, Duration old_valid_for, WallTime now, Version expected, const Gate& gate) {
  if (old_valid_for < Duration::zero() || old_valid_for > max_old_secret_time)
    return fail(Fault::invalid_request, "the old secret may stay valid for 0 to 90 days", "old_valid_for");
  Secret secret;
  TG_TRY(key, edit(name, now, expected, gate, [&](StoredKey& rotated) -> Result<void> {
           if (rotated.revoked) return conflict(fmt::format("key `{}` is revoked", rotated.name));
           rotated.secrets = ended(rotated.secrets, whole_ms(now + old_valid_for), now);
           secret = issue(rotated);
           return {};
         }));
  return IssuedKey{std::move(secret), std::move(key)};
}

Result<void> KeyStore::remove(std::string_view name, Version expected, const Gate& gate) {
  std::lock_guard guard(mutex_);
  TG_TRY(held, lock());
  TG_TRY(state, load());
  TG_TRY(key, find(state, name, expected));
  if (gate) TG_TRY_VOID(gate(key, nullptr));
  state.keys.keys.erase(state.keys.keys.begin() + (key - state.keys.keys.data()));
  return store(std::move(state));
}

Result<bool> KeyStore::refresh() {
  std::lock_guard guard(mutex_);
  if (stamp_of(fmt::format("{}/{}", folder_, file_name)) == state_.stamp) return false;
  TG_TRY(state, load());
  state_ = std::move(state);
  return true;
}

std::uint64_t KeyStore::generation() const {
  std::lock_guard guard(mutex_);
  return state_.keys.generation;
}

}  // namespace tollgate
