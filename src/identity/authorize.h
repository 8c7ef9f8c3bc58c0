#pragma once
// What a known caller may do: pure rules over a VirtualKey. Time and address are arguments.

#include <string_view>

#include "base/result.h"
#include "identity/virtual_key.h"

namespace tollgate {

// Revoked or expired: the same 401 as an unknown key. A wrong address: 403.
// `peer` is the client's address as the trusted proxies setting decides it.
Result<void> check_caller(const VirtualKey& key, WallTime now, const IpAddress& peer);

// 403 when no pattern of the key covers the model that was asked for; the text is the same whether that model exists or
// not.
Result<void> check_model(const VirtualKey& key, std::string_view model);

// The same as a question, for `/v1/models`.
bool may_ask_for(const VirtualKey& key, std::string_view model);

}  // namespace tollgate
