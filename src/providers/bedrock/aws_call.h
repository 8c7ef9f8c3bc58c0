#pragma once
// Signs a call for AWS (Signature Version 4): header fields that show who asks and that nothing was changed on the way. Rules:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "ports/provider.h"

namespace tollgate {

struct AwsRequest {
  std::string_view method;
  std::string_view host;
  std::string_view path;   // as it is sent: percent-encoded, with its query
  std::string_view service;
  std::string_view region;
  std::vector<std::pair<std::string_view, std::string_view>> headers{};  // signed beside host; names in lower case
  std::span<const std::string_view> body{};
};

// The value of `authorization`. `stamp` is the time as x-amz-date says it, and is among the headers.
std::string aws_authorization(const AwsRequest& request, std::string_view access_key, std::string_view secret, std::string_view stamp);

// The time as AWS writes it: 20150830T123600Z.
std::string aws_stamp(WallTime now);

class AwsSignature {
 public:
  // Views into this object, made anew.
  std::span<const HeaderView> headers() {
    views_.clear();
    for (const auto& [name, value] : fields_) views_.push_back({name, value});
    return views_;
  }
  void add(std::string_view name, std::string value) { fields_.emplace_back(name, std::move(value)); }

 private:
  std::vector<std::pair<std::string_view, std::string>> fields_;  // names are literals
  std::vector<HeaderView> views_;
};

// `path` is the whole one, percent-encoded as it is sent. REQUIRES: the call has a key.
AwsSignature sign_for_aws(const ProviderCall& call, std::string_view path, WallTime now);

}  // namespace tollgate
