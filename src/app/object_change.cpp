#include "app/object_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "config/json.h"
#include "json/scan.h"
#include "net/http1/target.h"

namespace tollgate {
namespace {

constexpr std::size_t etag_digits = 16;
constexpr std::uint64_t largest_page = 1'000;

Error stale() {
  return {.fault = Fault::invalid_request,
          .detail = "the object is another version than `if-match` names: read it again",
          .param = "if-match",
          .code = "precondition_failed",
          .http_status = 412};
}

std::unexpected<Error> wrong(std::string_view name, std::string_view what) {
  return fail(Fault::invalid_request, fmt::format("`{}` {}", name, what), std::string(name));
}

}  // namespace

std::string etag_of(std::uint64_t version) { return fmt::format("\"{}\"", version); }

std::string etag_of(const Config& config) { return fmt::format("\"file-{}\"", config.digest.substr(0, etag_digits)); }

// Weak tags never match: RFC 9110, 13.1.1, "strong comparison", read 2026-11-29.
Result<void> check_if_match(const AdminCall& call, std::optional<std::uint64_t> version) {
  if (call.if_match.empty()) return {};
  if (!version) return fail(stale());
  const std::string mine = etag_of(*version);
  for (std::string_view tag : split(call.if_match, ','))
    if (trimmed(tag) == mine || trimmed(tag) == "*") return {};
  return fail(stale());
}

std::unexpected<Error> read_only(std::string_view what, std::string_view name) {
  return fail(Error{.fault = Fault::invalid_request,
                    .detail = fmt::format("the {} `{}` stands in the configuration file: change it there", what, name),
                    .param = "name",
                    .code = "conflict",
                    .http_status = 409});
}

Result<void> check_path_can_name(std::string_view name) {
  for (std::string_view part : split(name, '/'))
    if (part.empty() || part == "." || part == "..") return wrong("name", "may have no part between slashes that is empty, `.` or `..`");
  return {};
}

Result<json::Value> object_of(const AdminCall& call) {
  auto value = json::scan(call.body.empty() ? "{}" : call.body);
  if (!value) return fail(Fault::invalid_request, fmt::format("the body is no JSON: {} at byte {}", value.error().what, value.error().offset), "body");
  if (!value->is(json::Kind::object)) return fail(Fault::invalid_request, "the body must be an object of JSON", "body");
  return *value;
}

std::string settings_in(json::Value body) {
  const std::string said = config::merge_patch({.raw = "{}", .kind = json::Kind::object}, body);
  return config::merge_patch({.raw = said, .kind = json::Kind::object}, {.raw = R"({"name":null})", .kind = json::Kind::object});
}

Result<std::optional<std::string>> text_in(json::Value object, std::string_view name) {
  auto value = json::find(object, name);
  if (!value) return std::optional<std::string>();
  auto text = value->string();
  if (!text) return wrong(name, "must be a text");
  return std::optional(std::move(*text));
}

std::string_view ListQuery::find(std::string_view name) const {
  for (const auto& [known, value] : others)
    if (known == name) return value;
  return {};
}

Result<ListQuery> list_query_of(const AdminCall& call, std::initializer_list<std::string_view> known) {
  ListQuery query;
  http::QueryParameters parameters(call.query);
  for (http::QueryParameter sent; parameters.next(sent);) {
    std::string room(sent.value.size(), '\0');
    auto value = http::decode_parameter(sent.value, room);
    if (!value) return wrong(sent.name, "cannot be read");
    auto other = std::ranges::find(known, sent.name);
    if (sent.name == "after") {
      query.after = *value;
    } else if (sent.name == "limit") {
      auto number = parse_u64(*value);
      if (!number || *number < 1 || *number > largest_page) return wrong("limit", "must be from 1 to 1000");
      query.limit = *number;
    } else if (other != known.end()) {
      query.others.emplace_back(*other, *value);
    } else {
      return wrong(sent.name, "is no parameter of this path");
    }
  }
  return query;
}

Result<void> ToldFirst::tell(std::string_view before, std::string_view after) {
  if (room_.audit == nullptr) return {};
  TG_TRY_VOID(room_.audit->tell({.actor = call_.actor, .role = call_.role, .action = action_, .object = object_, .before = before, .after = after}));
  told_ = true;
  return {};
}

// What cannot be told now finds the log closed or broken: nothing changes any more then.
void ToldFirst::tell_of_failure() {
  std::ignore = room_.audit->append({.actor = call_.actor, .role = call_.role, .action = action_, .object = object_, .done = false});
}

}  // namespace tollgate
