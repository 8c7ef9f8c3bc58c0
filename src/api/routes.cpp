#include "api/routes.h"

#include "api/error_reply.h"
#include "base/text.h"
#include "net/http1/target.h"

namespace tollgate {
namespace {

bool pattern_matches(std::string_view pattern, std::string_view path) {
  if (!pattern.ends_with('*')) return pattern == path;
  return path.size() >= pattern.size() && matches(pattern, path);
}

}  // namespace

Result<RouteMatch> find_route(std::span<const RouteRow> table, const http::RequestHead& head, std::span<char> room) {
  auto read = http::read_path(head.origin.empty() ? "/" : head.origin, room);
  if (!read) return fail(error_of(read.error()));
  std::string allowed;
  for (const RouteRow& row : table) {
    if (!pattern_matches(row.pattern, read->path)) continue;
    bool served = head.method == row.method || (head.method == "HEAD" && row.method == "GET");
    if (!served) {
      allowed += (allowed.empty() ? "" : ", ") + std::string(row.method) + (row.method == "GET" ? ", HEAD" : "");
      continue;
    }
    std::size_t fixed = row.pattern.ends_with('*') ? row.pattern.size() - 1 : row.pattern.size();
    return RouteMatch{row.action, read->path, read->path.substr(fixed), read->query};
  }
  if (allowed.empty()) return fail(Fault::not_found, "there is nothing at this path");
  return fail(Fault::method_not_allowed, "this path does not answer to this method", allowed);
}

}  // namespace tollgate
