#pragma once
// What the admin port asks about the objects that it shows and changes: keys, secrets, limits, prices, the configuration. The
// answers are the house's; here is only who asks for what.

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tollgate {

// A text and its type.
struct AdminAnswer {
  std::string content_type = "application/json";
  std::string body;
};

enum class AdminObject : std::uint8_t { keys, secrets, limits, prices, config };

// Views are valid until the call ends.
struct AdminCall {
  std::string_view method{};    // GET, POST, PUT, PATCH or DELETE
  std::string_view name{};      // what stands behind the collection's path; empty: the collection
  std::string_view query{};     // as sent
  std::string_view body{};      // empty where the method has none
  std::string_view if_match{};  // the field as sent; empty: there is none
  std::string_view actor{};     // name of the token, for the audit log
  std::string_view role{};
  std::string_view team{};      // of a token of role `team`: only what is this team's exists for it
};

struct AdminReply {
  AdminAnswer answer{};
  int status = 200;
  std::string etag{};    // with its quotes; empty: none
  bool changed = false;  // what callers meet is another now
};

using AdminObjectDoor = std::function<Result<AdminReply>(AdminObject object, const AdminCall& call)>;

}  // namespace tollgate
