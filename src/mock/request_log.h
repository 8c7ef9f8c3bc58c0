#pragma once
// The last requests as they were received, so that a test can compare bytes: method, target, fields in their order,
// body. Of a credential only its fingerprint is kept ("key:…").
//
// A ring whose memory is used again: in steady state keeping a request is one copy. Bounded by number and, since bodies
// may be large, by bytes: the oldest go first.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mock/script.h"
#include "net/http1/head.h"

namespace tollgate::mock {

// The key that a call shows, in any of the ways of the dialects: `authorization: Bearer KEY`, x-api-key, x-goog-api-key, api-key,
// `?key=`, or the access key's id of an AWS signature. Empty when there is none.
std::string_view shown_key(const http::RequestHead& head);

class RequestLog {
 public:
  static constexpr std::size_t kept_bytes_max = 64 * 1024 * 1024;

  // `keep`: how many, at most max_kept_requests. Forgets the ones kept so far.
  void reset(std::size_t keep);
  void add(std::uint64_t number, const http::RequestHead& head, std::string_view body);

  // {"requests":[{"number","method","path","headers":[[name,value]],"body"}]}, the oldest first. A body that is not
  // UTF-8 comes as "body_base64" instead.
  void append_json(std::string& out) const;

 private:
  struct Kept {
    std::uint64_t number = 0;
    std::string head;  // method, target, then name and value of each field: each followed by a line end
    std::string body;
    std::size_t bytes() const { return head.capacity() + body.capacity(); }
  };
  void drop_oldest();

  std::vector<Kept> ring_;
  std::size_t oldest_ = 0, count_ = 0, bytes_ = 0;
};

}  // namespace tollgate::mock
