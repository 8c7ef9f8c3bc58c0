#include "storage/vault/vault_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "json/write.h"
#include "storage/vault/tagged_lines.h"

namespace tollgate {
namespace {

constexpr std::string_view format_name = "tollgate-vault";
constexpr std::string_view tag_purpose = "vault.jsonl";

void append_row(std::string& out, const VaultRow& row) {
  json::Writer(out)
      .begin_object()
      .member("name", row.name)
      .member("version", row.version)
      .member("created", rfc3339(row.created))
      .member("changed", rfc3339(row.changed))
      .member("master", row.envelope.master)
      .member("key", hex(row.envelope.wrapped_key))
      .member("value", hex(row.envelope.value))
      .end_object();
  out += '\n';
}

Result<VaultRow> read_row(json::Value line) {
  TG_TRY(name, text_of(line, "name"));
  TG_TRY(version, number_of(line, "version"));
  TG_TRY(created, time_of(line, "created"));
  TG_TRY(changed, time_of(line, "changed"));
  TG_TRY(master, text_of(line, "master"));
  TG_TRY(wrapped_key, bytes_of_hex(line, "key"));
  TG_TRY(value, bytes_of_hex(line, "value"));
  return VaultRow{
      std::move(name), version, created, changed, {std::move(master), std::move(wrapped_key), std::move(value)}};
}

template <class Rows>
auto* find_row(Rows& rows, std::string_view name) {
  auto at = std::lower_bound(rows.begin(), rows.end(), name,
                             [](const VaultRow& row, auto wanted) { return row.name < wanted; });
  return at != rows.end() && at->name == name ? &*at : nullptr;
}

}  // namespace

VaultRow* VaultRows::find(std::string_view name) { return find_row(rows, name); }
const VaultRow* VaultRows::find(std::string_view name) const { return find_row(rows, name); }

Result<std::string> write_vault(const VaultRows& vault, const crypto::Keyring& ring) {
  std::string text = tagged_header(format_name, vault.generation);
  for (const VaultRow& row : vault.rows) append_row(text, row);
  crypto::Digest tag = ring.file_tag(tag_purpose, text);
  json::Writer(text)
      .begin_object()
      .member("tag", hex(crypto::bytes_of(tag)))
      .member("master", ring.newest())
      .end_object();
  text += '\n';
  if (text.size() > max_vault_bytes) return fail(Fault::overloaded, "the vault would be larger than 64 MiB");
  return text;
}

Result<VaultRows> read_vault(std::string_view text, const crypto::Keyring& ring) {
  TG_TRY(lines, split_tagged_lines(text, format_name));
  TG_TRY(master, text_of(lines.last, "master"));
  TG_TRY_VOID(ring.check_file_tag(tag_purpose, master, lines.covered, lines.tag));
  VaultRows vault{.generation = lines.generation, .rows = {}};
  for (const json::Value& line : lines.rows) {
    TG_TRY(row, read_row(line));
    vault.rows.push_back(std::move(row));
  }
  return vault;
}

}  // namespace tollgate
