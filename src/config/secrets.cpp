#include "config/secrets.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace tollgate::config {
namespace {

// Files hold certificates too, which are longer than a key.
constexpr std::size_t max_file_secret_bytes = 1 << 20;

using Found = std::expected<std::optional<Secret>, std::string>;

// A service account's key is a JSON document over several lines, which is exchanged and never sent.
bool is_document(std::string_view value) { return value.front() == '{' && value.back() == '}'; }

Found checked(std::string text, std::string_view where) {
  Secret secret(std::move(text));
  std::string_view value = secret.reveal();
  if (value.empty()) return std::unexpected(fmt::format("{} is empty", where));
  if (value.size() > max_secret_bytes) return std::unexpected(fmt::format("{} is longer than a secret may be", where));
  bool visible = std::ranges::all_of(value, [](char c) { return c > ' ' && c <= '~'; }) || is_document(value);
  if (!visible) return std::unexpected(fmt::format("{} holds blanks or characters that no header can carry", where));
  return std::optional(std::move(secret));
}

Found from_env(const std::string& name, const SecretSources& sources) {
  auto value = sources.env ? sources.env(name) : std::nullopt;
  if (!value) return std::unexpected(fmt::format("the environment variable {} is not set", name));
  return checked(std::move(*value), fmt::format("the environment variable {}", name));
}

Found from_file(const std::string& path, const SecretSources& sources) {
  auto text = sources.file ? sources.file(path) : std::nullopt;
  if (!text) return std::unexpected(fmt::format("the file {} cannot be read", path));
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  return checked(std::move(*text), fmt::format("the file {}", path));
}

Found from_vault(const std::string& name, const SecretSources& sources) {
  if (!sources.vault) return std::optional<Secret>();
  auto secret = sources.vault(name);
  if (!secret)
    return std::unexpected(fmt::format("the vault has no {}; set it with `tollgate secrets set {}`", name, name));
  return checked(std::string(secret->reveal()), fmt::format("the vault's {}", name));
}

}  // namespace

std::expected<std::optional<Secret>, std::string> resolve(const SecretRef& ref, const SecretSources& sources) {
  switch (ref.from) {
    case SecretRef::From::none: return std::optional<Secret>();
    case SecretRef::From::env: return from_env(ref.name, sources);
    case SecretRef::From::file: return from_file(ref.name, sources);
    case SecretRef::From::vault: return from_vault(ref.name, sources);
    case SecretRef::From::plain: return checked(std::string(ref.plain.reveal()), "the secret");
  }
  return std::optional<Secret>();
}

std::optional<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  struct stat about {};
  if (!file || fstat(fileno(file.get()), &about) != 0 || S_ISDIR(about.st_mode)) return std::nullopt;
  std::string text(max_bytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0 || text.size() > max_bytes) return std::nullopt;
  return text;
}

SecretSources SecretSources::of_process() {
  return {.env = [](std::string_view name) -> std::optional<std::string> {
            const char* value = std::getenv(std::string(name).c_str());
            return value == nullptr ? std::nullopt : std::optional<std::string>(value);
          },
          .file = [](const std::string& path) { return read_file(path, max_file_secret_bytes); }};
}

}  // namespace tollgate::config
