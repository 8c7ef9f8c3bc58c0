#pragma once
// Asks the admin API of a gateway that runs somewhere: for commands with `--admin URL`. The token is $TOLLGATE_ADMIN_TOKEN.

#include <string>
#include <string_view>

#include "app/command_line.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/url.h"

namespace tollgate {

constexpr CommandLine::Known admin_option{"admin", Option::value};

class AdminClient {
 public:
  // Of the URL in --admin. Errors: invalid_request, for an address or other options that speak of a data folder; unavailable, without a token.
  static Result<AdminClient> of(const CommandLine& line);

  // `path` as behind /api/v1/, a name in it by path_of(). Gives the body of the answer. Errors: what the API says, with not_found for 404 and
  // invalid_request for other refusals; unavailable, when nobody answers in time.
  Result<std::string> ask(std::string_view method, std::string_view path, std::string_view body = {}) const;

  // All pages of a list, as {"MEMBER":[…]}.
  Result<std::string> list(std::string_view member) const;

  static std::string path_of(std::string_view objects, std::string_view name);

 private:
  AdminClient(Url url, Secret token) : url_(std::move(url)), token_(std::move(token)) {}
  Result<std::string> head_of(std::string_view method, std::string_view path, std::size_t body) const;

  Url url_;
  Secret token_;
};

}  // namespace tollgate
