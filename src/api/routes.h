#pragma once
// Finds what serves a path: a table of rows, read from top to bottom. One table for each port.

#include <span>
#include <string_view>

#include "base/error.h"
#include "net/http_exchange.h"

namespace tollgate {

struct RouteRow {
  std::string_view method;
  std::string_view pattern;  // a trailing `*` stands for one segment or more
  int action;                // the port's own word for what serves it
};

// What a request's target asks for.
struct RouteMatch {
  int action = -1;
  std::string_view path;  // decoded
  std::string_view rest;  // what the `*` stood for
  std::string_view query;
};

// `room` backs the decoded path. HEAD is served where GET is. Errors: not_found, method_not_allowed (`param`: what is allowed),
// invalid_request (a path with two readings).
Result<RouteMatch> find_route(std::span<const RouteRow> table, const http::RequestHead& head, std::span<char> room);

}  // namespace tollgate
