#pragma once
// The provider's own bill: what it would charge, to be compared with what a gateway in front of it recorded.
//
//   plain answer   billed whole once its head is due; input alone when the client left before that
//   stream         input, and what was generated of the events that were handed to the connection
//   error status, html, body and raw of a rule, 4xx of our own: not billed, only counted
//   usage of a rule   replaces the counts where it is a usage object that makes sense (the wire says so, so the bill
//   does)

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/text.h"
#include "mock/reply.h"

namespace tollgate::mock {

enum class Outcome : std::uint8_t {
  whole,    // the client's connection took all of it
  aborted,  // the client left before
  broken,   // the script broke it off
};
std::string_view to_string(Outcome outcome);

struct BillLine {
  std::uint64_t number = 0;  // of the call: the N of `req_mock_N`
  std::string_view model;
  std::uint64_t key = 0;  // fingerprint of the credential
  TokenCounts counts;
  Outcome outcome = Outcome::whole;
};

// One JSON object and a newline.
void append_bill_line(std::string& out, const BillLine& line);

class Bill {
 public:
  struct Sums {
    std::int64_t requests = 0, input = 0, cached = 0, output = 0, reasoning = 0;
  };

  void add(const BillLine& line);
  void add_unbilled() { ++unbilled_; }

  const Sums& total() const { return total_; }
  std::int64_t aborted() const { return aborted_; }
  std::int64_t broken() const { return broken_; }
  std::int64_t unbilled() const { return unbilled_; }
  // By model, and by the key's fingerprint. Beyond max_names names, the rest is summed up: as "(others)", and as 0.
  static constexpr std::size_t max_names = 1000;
  const TextMap<Sums>& by_model() const { return by_model_; }
  const std::map<std::uint64_t, Sums>& by_key() const { return by_key_; }

  void append_json(std::string& out) const;

 private:
  Sums total_;
  std::int64_t aborted_ = 0, broken_ = 0, unbilled_ = 0;
  TextMap<Sums> by_model_;
  std::map<std::uint64_t, Sums> by_key_;
};

}  // namespace tollgate::mock
