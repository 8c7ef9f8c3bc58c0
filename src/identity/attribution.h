#pragma once
// Attribution: to whom a call is charged. The key says so; where its `may_set` allows, the request itself may say
// otherwise.
//
//   x-tollgate-user, x-tollgate-feature   replace the key's; 403 when not allowed
//   x-tollgate-tags: a=b,c=d              replace the key's tags of those names, the others stay; 403 when not allowed
//   body `user`, `metadata.user_id`       the user when no header says one; ignored when not allowed
//
// A value is 1 to max_attribution_bytes of UTF-8 without control characters; a wrong one is a 400 that names its header
// or field, and so is a header that comes twice. Source: surface.md 4.

#include <optional>
#include <string_view>

#include "base/result.h"
#include "identity/virtual_key.h"

namespace tollgate {

// What the request says. Views into its head and body, which must outlive it.
struct Claims {
  std::optional<std::string_view> user{};
  std::optional<std::string_view> feature{};
  std::optional<std::string_view> tags{};
  std::optional<std::string_view> body_user{};
  std::string_view body_user_field = "user";  // or "metadata.user_id": what an error names
  std::string_view repeated{};                // a header of ours that came twice

  // Any header field; those that are no claim are ignored.
  void header(std::string_view name, std::string_view value);
};

// Writes into `out`, which keeps its storage from call to call: no allocation once its strings have grown.
Result<void> attribute(const VirtualKey& key, const Claims& claims, Attribution& out);

// Who said the user and the feature of a call that was attributed: key, header or body; empty where there is none.
std::string_view source_of_user(const VirtualKey& key, const Claims& claims);
std::string_view source_of_feature(const VirtualKey& key, const Claims& claims);

Result<Attribution> attribute(const VirtualKey& key, const Claims& claims);

// Empty when the text may be a user, team, feature, tag name or tag value; else static words that say why not.
std::string_view attribution_fault(std::string_view text);

// Reads `a=b,c=d` over the tags that are there, sorted by name. Empty on success, else static words.
std::string_view merge_tags(std::string_view text, Tags& tags);

}  // namespace tollgate
