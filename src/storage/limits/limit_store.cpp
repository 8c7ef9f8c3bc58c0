#include "storage/limits/limit_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "identity/virtual_key.h"
#include "json/scan.h"
#include "json/write.h"
#include "storage/vault/tagged_lines.h"

namespace tollgate {
namespace {

constexpr std::string_view file_name = "limits.jsonl";
constexpr std::string_view format_name = "tollgate-limits";
constexpr std::int64_t ns_per_ms = 1'000'000;

WallTime whole_ms(WallTime at) { return {at.ns / ns_per_ms * ns_per_ms}; }

// The row of that name, or where it would stand.
template <class Rows>
auto place_of(Rows& rows, std::string_view name) {
  return std::lower_bound(rows.begin(), rows.end(), name, [](const LimitRow& row, std::string_view wanted) { return row.name < wanted; });
}

std::unexpected<Error> no_such_limit(std::string_view name) {
  return fail(Fault::not_found, fmt::format("there is no limit `{}` in the data folder", name), "name");
}

std::unexpected<Error> about_file(Error error) {
  error.detail = fmt::format("{}: {}", file_name, error.detail);
  return fail(std::move(error));
}

Result<void> check_settings(std::string_view settings) {
  if (settings.size() > max_limit_settings)
    return fail(Fault::invalid_request, fmt::format("a limit's settings have at most {} bytes", max_limit_settings), "match");
  if (auto object = json::scan(settings); object && object->is(json::Kind::object)) return {};
  return fail(Fault::invalid_request, "a limit's settings are one object of JSON");
}

// What `name` is now. Error: there is none, or it is another version than was expected.
Result<std::size_t> find_row(const std::vector<LimitRow>& rows, std::string_view name, LimitStore::Version expected) {
  auto at = place_of(rows, name);
  if (at == rows.end() || at->name != name) return no_such_limit(name);
  if (!expected || *expected == at->version) return static_cast<std::size_t>(at - rows.begin());
  return fail(Error{.fault = Fault::invalid_request,
                    .detail = fmt::format("limit `{}` was changed meanwhile", name),
                    .param = "if-match",
                    .code = "precondition_failed",
                    .http_status = 412});
}

void append_row(std::string& text, const LimitRow& row) {
  json::Writer(text)
      .begin_object()
      .member("name", row.name)
      .member("version", row.version)
      .member("created", rfc3339(row.created))
      .member("changed", rfc3339(row.changed))
      .key("settings")
      .raw(row.settings)
      .end_object();
  text += '\n';
}

Result<LimitRow> read_row(json::Value line) {
  TG_TRY(name, text_of(line, "name"));
  TG_TRY(version, number_of(line, "version"));
  TG_TRY(created, time_of(line, "created"));
  TG_TRY(changed, time_of(line, "changed"));
  auto settings = json::find(line, "settings");
  if (!settings || !settings->is(json::Kind::object)) return fail(Fault::unavailable, "field `settings` is missing or wrong");
  return LimitRow{std::move(name), version, created, changed, std::string(settings->raw)};
}

}  // namespace

LimitStore::LimitStore(std::string folder, const crypto::Key& pepper)
    : folder_(std::move(folder)), tag_key_(crypto::HmacKey(pepper).derive("tollgate limits.jsonl 1")) {}

Result<std::unique_ptr<LimitStore>> LimitStore::open(std::string folder, const crypto::Key& pepper) {
  std::unique_ptr<LimitStore> store(new LimitStore(std::move(folder), pepper));
  TG_TRY(state, store->load());
  store->state_ = std::move(state);
  return store;
}

Result<LimitStore::State> LimitStore::load() const {
  const std::string path = fmt::format("{}/{}", folder_, file_name);
  State state{.stamp = stamp_of(path), .generation = 0, .rows = {}};
  TG_TRY(text, read_private_file(path, max_limit_file_bytes));
  if (!text && state_.stamp) return fail(Fault::unavailable, fmt::format("{}: has vanished", file_name));
  if (!text) return state;
  auto lines = split_tagged_lines(*text, format_name);
  if (!lines) return about_file(std::move(lines).error());
  if (!tag_key_.verify(lines->covered, lines->tag))
    return fail(Fault::unavailable, fmt::format("{}: was changed outside Tollgate, is damaged, or belongs to another vault", file_name));
  if (lines->generation < state_.generation)
    return fail(Fault::unavailable, fmt::format("{}: is an older copy than the one that was read before", file_name));
  state.generation = lines->generation;
  for (const json::Value& line : lines->rows) {
    auto row = read_row(line);
    if (!row) return about_file(std::move(row).error());
    state.rows.push_back(std::move(*row));
  }
  return state;
}

Result<FileLock> LimitStore::lock() const {
  TG_TRY_VOID(make_private_folder(folder_));
  return FileLock::take(fmt::format("{}/limits.lock", folder_));
}

Result<void> LimitStore::store(State state) {
  const std::string path = fmt::format("{}/{}", folder_, file_name);
  std::string text = tagged_header(format_name, ++state.generation);
  for (const LimitRow& row : state.rows) append_row(text, row);
  const crypto::Digest tag = tag_key_.mac(text);
  json::Writer(text).begin_object().member("tag", hex(crypto::bytes_of(tag))).end_object();
  text += '\n';
  if (text.size() > max_limit_file_bytes) return fail(Fault::overloaded, fmt::format("{} would be larger than 64 MiB", file_name));
  TG_TRY_VOID(replace_private_file(path, text));
  state.stamp = stamp_of(path);
  state_ = std::move(state);
  return {};
}

Result<LimitRow> LimitStore::create(std::string_view name, std::string settings, WallTime now, const Gate& gate) {
  if (!valid_key_name(name))
    return fail(Fault::invalid_request, "a limit's name has letters, digits and ._/:- and at most 128 of them", "name");
  TG_TRY_VOID(check_settings(settings));
  std::lock_guard guard(mutex_);
  TG_TRY(held, lock());
  TG_TRY(state, load());
  auto at = place_of(state.rows, name);
  if (at != state.rows.end() && at->name == name)
    return fail(Error{.fault = Fault::invalid_request,
                      .detail = fmt::format("there is a limit `{}` already", name),
                      .param = "name",
                      .code = "conflict",
                      .http_status = 409});
  if (state.rows.size() >= max_stored_limits) return fail(Fault::overloaded, fmt::format("{} limits at most", max_stored_limits));
  LimitRow row{std::string(name), state.generation + 1, whole_ms(now), whole_ms(now), std::move(settings)};
  if (gate) TG_TRY_VOID(gate(nullptr, &row));
  state.rows.insert(at, row);
  TG_TRY_VOID(store(std::move(state)));
  return row;
}

Result<LimitRow> LimitStore::change(std::string_view name, std::string settings, WallTime now, Version expected, const Gate& gate) {
  TG_TRY_VOID(check_settings(settings));
  std::lock_guard guard(mutex_);
  TG_TRY(held, lock());
  TG_TRY(state, load());
  TG_TRY(index, find_row(state.rows, name, expected));
  const LimitRow before = state.rows[index];
  LimitRow after{before.name, state.generation + 1, before.created, whole_ms(now), std::move(settings)};
  if (gate) TG_TRY_VOID(gate(&before, &after));
  state.rows[index] = after;
  TG_TRY_VOID(store(std::move(state)));
  return after;
}

Result<void> LimitStore::remove(std::string_view name, Version expected, const Gate& gate) {
  std::lock_guard guard(mutex_);
  TG_TRY(held, lock());
  TG_TRY(state, load());
  TG_TRY(index, find_row(state.rows, name, expected));
  if (gate) TG_TRY_VOID(gate(&state.rows[index], nullptr));
  state.rows.erase(state.rows.begin() + static_cast<std::ptrdiff_t>(index));
  return store(std::move(state));
}

std::vector<LimitRow> LimitStore::list() const {
  std::lock_guard guard(mutex_);
  return state_.rows;
}

std::optional<LimitRow> LimitStore::show(std::string_view name) const {
  std::lock_guard guard(mutex_);
  auto at = place_of(state_.rows, name);
  return at != state_.rows.end() && at->name == name ? std::optional(*at) : std::nullopt;
}

Result<bool> LimitStore::refresh() {
  std::lock_guard guard(mutex_);
  if (stamp_of(fmt::format("{}/{}", folder_, file_name)) == state_.stamp) return false;
  TG_TRY(state, load());
  state_ = std::move(state);
  return true;
}

}  // namespace tollgate
