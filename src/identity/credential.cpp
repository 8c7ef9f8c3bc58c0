#include "identity/credential.h"

#include <algorithm>

#include "base/text.h"
#include "identity/key_table.h"

namespace tollgate {
namespace {

enum class Form : std::uint8_t { none, authorization, plain, maybe_bearer };

// Length first: nearly every header of a request is dismissed by one comparison.
Form form_of(std::string_view name) {
  switch (name.size()) {
    case 7: return iequals(name, "api-key") || iequals(name, "x-bf-vk") ? Form::plain : Form::none;
    case 9: return iequals(name, "x-api-key") ? Form::plain : Form::none;
    case 13:
      if (iequals(name, "authorization")) return Form::authorization;
      return iequals(name, "helicone-auth") ? Form::maybe_bearer : Form::none;
    case 14: return iequals(name, "x-goog-api-key") ? Form::plain : Form::none;
    case 17:
      return iequals(name, "x-litellm-api-key") || iequals(name, "x-portkey-api-key") ? Form::maybe_bearer : Form::none;
    default: return Form::none;
  }
}

constexpr std::string_view bearer = "bearer";
bool is_blank(char c) { return c == ' ' || c == '\t'; }

// `Bearer` and a blank, or nothing behind it; the rest of the value goes to `rest`.
bool strip_bearer(std::string_view value, std::string_view& rest) {
  if (!iequals(value.substr(0, bearer.size()), bearer)) return false;
  if (value.size() > bearer.size() && !is_blank(value[bearer.size()])) return false;
  rest = trimmed(value.substr(bearer.size()));
  return true;
}

bool joined_by_comma(std::string_view text) {
  std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) return false;
  return !trimmed(text.substr(0, comma)).empty() && !trimmed(text.substr(comma + 1)).empty();
}

bool joined_by_scheme(std::string_view text) {
  for (std::size_t at = text.find_first_of(" \t"); at != std::string_view::npos;
       at = text.find_first_of(" \t", at + 1)) {
    std::string_view rest;
    if (strip_bearer(text.substr(at + 1), rest) && !rest.empty()) return true;
  }
  return false;
}

// True when there was no broken escape.
bool unescape(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    auto byte = unhex(text.substr(i + 1, 2));
    if (!byte || byte->size() != 1) return false;
    out += *byte;
    i += 2;
  }
  return true;
}

}  // namespace

Error invalid_key() {
  return {
      .fault = Fault::invalid_key,
      .detail =
          "no valid credential: send a virtual key as `Authorization: Bearer KEY`, `x-api-key` or `x-goog-api-key`"};
}

bool Credential::carries(std::string_view header_name) { return form_of(header_name) != Form::none; }

void Credential::header(std::string_view name, std::string_view value) {
  const Form form = form_of(name);
  if (form == Form::none) return;
  value = trimmed(value);
  if (form == Form::authorization) return authorization(value);
  std::string_view rest;
  offer(form == Form::maybe_bearer && strip_bearer(value, rest) ? rest : value);
}

void Credential::authorization(std::string_view value) {
  std::string_view rest;
  if (strip_bearer(value, rest)) return offer(rest);
  if (joined_by_scheme(value)) several_ = true;
  if (!value.empty()) odd_ = true;
}

void Credential::offer(std::string_view text) {
  if (text.empty()) return;
  if (joined_by_comma(text) || joined_by_scheme(text)) {
    several_ = true;
  } else if (found_.empty()) {
    found_ = text;
  } else if (found_ != text) {
    several_ = true;
  }
}

void Credential::query(std::string_view query) {
  constexpr std::string_view key = "key=";
  while (!query.empty()) {
    std::size_t end = std::min(query.find('&'), query.size());
    std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.starts_with(key)) offer_escaped(pair.substr(key.size()));
  }
}

void Credential::offer_escaped(std::string_view text) {
  if (text.find('%') == std::string_view::npos) return offer(text);
  std::string plain;
  if (!unescape(text, plain)) {
    odd_ = true;
  } else if (found_.empty() && !plain.empty()) {
    unescaped_ = std::move(plain);
    offer(unescaped_);
  } else if (found_ != plain) {
    several_ = several_ || !plain.empty();
  }
}

Result<std::string_view> Credential::only() const {
  if (several_ || (odd_ && !found_.empty()))
    return fail(Fault::ambiguous_key, "more than one credential in one request: send exactly one");
  if (odd_ || !credential_text_fault(found_).empty()) return fail(invalid_key());
  return found_;
}

}  // namespace tollgate
