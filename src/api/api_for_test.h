#pragma once
// One HTTP exchange as an endpoint sees it, from a head written out by a test, and what was answered to it.

#include <stdexcept>
#include <string>
#include <vector>

#include "net/http_exchange.h"

namespace tollgate {

// A parsed head that owns its bytes.
class HeadForTest {
 public:
  explicit HeadForTest(std::string text) : text_(std::move(text) + "\r\n") {
    std::size_t resume = 0;
    if (http::parse_request_head(text_, resume, head).state != http::ParseState::complete)
      throw std::runtime_error("no head: " + text_);
  }
  HeadForTest(const HeadForTest&) = delete;
  http::RequestHead head;

 private:
  std::string text_;
};

class ExchangeForTest final : public http::ServerExchange {
 public:
  explicit ExchangeForTest(std::string head) : head_(std::move(head)) {}

  int status = 0;  // 0: nothing was answered
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;

  // Empty when it is not there.
  std::string field(std::string_view name) const {
    for (auto& [known, value] : fields)
      if (known == name) return value;
    return {};
  }

  const http::RequestHead& head() const override { return head_.head; }
  PeerAddress peer() const override { return {IpAddress::v4(10, 0, 0, 7), 1}; }
  Cancellation& gone() override { return gone_; }
  Task<Result<std::string_view>> whole_body(std::size_t) override { co_return std::string_view(); }
  Task<Result<void>> answer(const http::AnswerHead& head, http::Parts parts) override {
    start(head);
    for (auto part : parts) body += part;
    co_return Result<void>();
  }
  void start(const http::AnswerHead& head) override {
    status = head.status;
    for (const http::Field& field : head.fields) fields.emplace_back(field.name, field.value);
  }
  Task<Result<void>> send(http::Parts) override { co_return Result<void>(); }
  Task<Result<void>> finish(http::Parts) override { co_return Result<void>(); }
  bool answered() const override { return status != 0; }

 private:
  HeadForTest head_;
  Cancellation gone_;
};

}  // namespace tollgate
