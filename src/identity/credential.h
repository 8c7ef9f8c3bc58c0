#pragma once
// Credential: the one virtual key that a request presents, whichever way its client library sends it.
//
//   Authorization: Bearer KEY                              OpenAI and most others
//   x-api-key, api-key, x-goog-api-key, ?key=              Anthropic, Azure, Gemini
//   x-litellm-api-key, x-portkey-api-key, x-bf-vk,
//   Helicone-Auth: Bearer KEY                              clients of other gateways (they can do no more than our own)
//
// The same key in several places is fine. Two different ones, or two joined in one header ("a, b", "Bearer a Bearer
// b"), are a 400: a gateway that picks one of two can be made to authorise as one caller and charge another. Nothing,
// or something that is no credential (`Basic …`, a control character, too long), is a 401; every 401 has one text. An
// empty field counts as absent.
// Source: surface.md 3 and 8, names.md N2.
//
// Feed it every header field as it comes; it keeps views into them, so they must outlive it. No allocation, but for a
// query with %.

#include <string>
#include <string_view>

#include "base/result.h"

namespace tollgate {

class Credential {
 public:
  Credential() = default;
  Credential(const Credential&) = delete;  // found_ may point into unescaped_
  Credential& operator=(const Credential&) = delete;

  // Any header field; those that carry no credential are ignored.
  void header(std::string_view name, std::string_view value);
  // The query of the target, without its question mark. REQUIRES: called at most once.
  void query(std::string_view query);

  // The text to look up in the KeyTable. Valid as long as this object and the fed fields are.
  Result<std::string_view> only() const;

  // True for a header that may carry a credential: it is never logged and never sent upstream.
  static bool carries(std::string_view header_name);

 private:
  void authorization(std::string_view value);
  void offer(std::string_view text);
  void offer_escaped(std::string_view text);

  std::string_view found_{};
  std::string unescaped_{};  // backs `found_` when the query had escapes
  bool odd_ = false;         // something that is no credential stood where one belongs
  bool several_ = false;
};

// What every unknown, wrong, revoked or expired credential gets.
Error invalid_key();

}  // namespace tollgate
