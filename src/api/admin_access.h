#pragma once
// Who may do what on the admin port: the table of paths, and the roles. What no row allows is refused.

#include <span>
#include <string>
#include <string_view>

#include "api/admin_port.h"
#include "api/routes.h"

namespace tollgate {

enum class AdminAction : int {
  page, metrics, live, ready, reload, targets, limits_state, explain, count, usage, requests, request, audit, audit_proof,
  keys, secrets, limits, prices, config, check,
};

std::span<const RouteRow> admin_routes();

inline AdminAction action_of(const RouteMatch& match) { return static_cast<AdminAction>(match.action); }

// Whether it asks for no token; `/metrics` by its setting.
bool is_open(AdminAction action, bool metrics_need_token);

// `method` is the request's.
bool may(AdminRole role, AdminAction action, std::string_view method);

// What the audit log calls it: `keys.create`, `config.reload`, `read`.
std::string name_of(AdminAction action, std::string_view method, std::string_view rest);

// A query in which `team` is the one given, whatever stood there.
std::string query_of_team(std::string_view query, std::string_view team);

// A change that a page of another site asks for, in a browser that holds our credential. Its fields `origin` and `host` tell.
bool is_foreign(const http::RequestHead& head);

}  // namespace tollgate
