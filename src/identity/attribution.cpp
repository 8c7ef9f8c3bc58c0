#include "identity/attribution.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace tollgate {
namespace {

constexpr std::string_view user_header = "x-tollgate-user";
constexpr std::string_view feature_header = "x-tollgate-feature";
constexpr std::string_view tags_header = "x-tollgate-tags";

bool has_control_character(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return true;
    // U+0080..U+009F are C2 80..C2 9F.
    if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

std::unexpected<Error> bad(std::string_view field, std::string_view fault) {
  return fail(Fault::invalid_request, fmt::format("`{}` {}", field, fault), std::string(field));
}

Result<void> check_allowed(const std::optional<std::string_view>& claim, bool allowed, std::string_view header) {
  if (!claim || allowed) return {};
  return fail(Fault::not_allowed, fmt::format("this key may not set `{}`", header), std::string(header));
}

Result<void> replace(std::string_view value, std::string_view field, std::string& out) {
  if (auto fault = attribution_fault(value); !fault.empty()) return bad(field, fault);
  out = value;
  return {};
}

Result<void> set_user(const VirtualKey& key, const Claims& claims, Attribution& out) {
  TG_TRY_VOID(check_allowed(claims.user, key.may_set.user, user_header));
  if (claims.user) return replace(*claims.user, user_header, out.user);
  if (claims.body_user && key.may_set.user) return replace(*claims.body_user, claims.body_user_field, out.user);
  return {};
}

Result<void> set_feature(const VirtualKey& key, const Claims& claims, Attribution& out) {
  TG_TRY_VOID(check_allowed(claims.feature, key.may_set.feature, feature_header));
  return claims.feature ? replace(*claims.feature, feature_header, out.feature) : Result<void>();
}

Result<void> set_tags(const VirtualKey& key, const Claims& claims, Attribution& out) {
  TG_TRY_VOID(check_allowed(claims.tags, key.may_set.tags, tags_header));
  if (!claims.tags) return {};
  if (auto fault = merge_tags(*claims.tags, out.tags); !fault.empty()) return bad(tags_header, fault);
  return {};
}

void put_tag(std::string_view name, std::string_view value, Tags& tags) {
  auto at =
      std::lower_bound(tags.begin(), tags.end(), name, [](const auto& tag, auto wanted) { return tag.first < wanted; });
  if (at != tags.end() && at->first == name) {
    at->second = value;
  } else {
    tags.emplace(at, name, value);
  }
}

}  // namespace

std::string_view attribution_fault(std::string_view text) {
  if (text.empty()) return "is empty";
  if (text.size() > max_attribution_bytes) return "is longer than 256 bytes";
  if (!valid_utf8(text)) return "is not UTF-8";
  if (has_control_character(text)) return "has a control character";
  return {};
}

std::string_view merge_tags(std::string_view text, Tags& tags) {
  std::string_view seen[max_tags];
  std::size_t count = 0;
  for (bool more = true; more;) {
    std::size_t comma = text.find(',');
    more = comma != std::string_view::npos;
    std::string_view part = trimmed(text.substr(0, comma));
    if (more) text.remove_prefix(comma + 1);
    std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) return "is not of the form a=b,c=d";
    std::string_view name = trimmed(part.substr(0, equals)), value = trimmed(part.substr(equals + 1));
    for (auto word : {name, value})
      if (auto fault = attribution_fault(word); !fault.empty()) return fault;
    if (count == max_tags) return "has more than 16 tags";
    if (std::find(seen, seen + count, name) != seen + count) return "names a tag twice";
    seen[count++] = name;
    put_tag(name, value, tags);
  }
  return tags.size() > max_tags ? "makes more than 16 tags" : "";
}

void Claims::header(std::string_view name, std::string_view value) {
  constexpr std::string_view prefix = "x-tollgate-";
  if (name.size() <= prefix.size() || !iequals(name.substr(0, prefix.size()), prefix)) return;
  auto take = [&](std::optional<std::string_view>& claim, std::string_view own) {
    if (!iequals(name, own)) return;
    if (claim) repeated = own;
    claim = trimmed(value);
  };
  take(user, user_header);
  take(feature, feature_header);
  take(tags, tags_header);
}

Result<void> attribute(const VirtualKey& key, const Claims& claims, Attribution& out) {
  out = key.attribution;
  if (!claims.repeated.empty()) return bad(claims.repeated, "comes twice");
  TG_TRY_VOID(set_user(key, claims, out));
  TG_TRY_VOID(set_feature(key, claims, out));
  return set_tags(key, claims, out);
}

Result<Attribution> attribute(const VirtualKey& key, const Claims& claims) {
  Attribution out;
  TG_TRY_VOID(attribute(key, claims, out));
  return out;
}

std::string_view source_of_user(const VirtualKey& key, const Claims& claims) {
  if (claims.user) return "header";
  if (claims.body_user && key.may_set.user) return "body";
  return key.attribution.user.empty() ? "" : "key";
}

std::string_view source_of_feature(const VirtualKey& key, const Claims& claims) {
  if (claims.feature) return "header";
  return key.attribution.feature.empty() ? "" : "key";
}

}  // namespace tollgate
