#pragma once
// What every change over the admin API has in common: If-Match against ETag, and the audit log that is told first.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/admin_answers.h"
#include "json/write.h"

namespace tollgate {

std::string etag_of(std::uint64_t version);
// Of an object of the configuration file, which changes only with the whole of it.
std::string etag_of(const Config& config);

// Error 412: the call names other versions than this one; `*` is any that is there. Without a version there is none.
Result<void> check_if_match(const AdminCall& call, std::optional<std::uint64_t> version);

// Error 409: it stands in the configuration file.
std::unexpected<Error> read_only(std::string_view what, std::string_view name);

// Error 400: no path could name it, since a part between slashes is empty, `.` or `..`.
Result<void> check_path_can_name(std::string_view name);

// The body as an object of JSON.
Result<json::Value> object_of(const AdminCall& call);
// What a body says but for its name, as an object of JSON; null says nothing.
std::string settings_in(json::Value body);
// Its text under this name; empty where there is none. Error: it is no text.
Result<std::optional<std::string>> text_in(json::Value object, std::string_view name);

// `?limit=&after=` and others by name; what is not known is an error that names it.
struct ListQuery {
  std::size_t limit = 100;
  std::string after{};
  std::vector<std::pair<std::string_view, std::string>> others{};
  std::string_view find(std::string_view name) const;
};
Result<ListQuery> list_query_of(const AdminCall& call, std::initializer_list<std::string_view> known);

// Tells the audit log of a change before it is done. `tell` is called by the gate of the store; when the store fails after
// that, `ended` tells the log so.
class ToldFirst {
 public:
  ToldFirst(ObjectRoom& room, const AdminCall& call, std::string_view action, std::string_view object)
      : room_(room), call_(call), action_(action), object_(object) {}

  // Returns when the event is durable. Error `unavailable`: then the change may not be made.
  Result<void> tell(std::string_view before, std::string_view after);

  template <class T>
  Result<T> ended(Result<T> done) {
    if (!done && told_) tell_of_failure();
    return done;
  }

 private:
  void tell_of_failure();

  ObjectRoom& room_;
  const AdminCall& call_;
  std::string_view action_, object_;
  bool told_ = false;
};

}  // namespace tollgate
