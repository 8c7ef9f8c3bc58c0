#pragma once
// The caller's side of an HTTP exchange, as the pipeline sees it.

#include "gateway/snapshot.h"
#include "net/http_exchange.h"
#include "ports/incoming.h"

namespace tollgate {

class HttpIncoming : public Incoming {
 public:
  // Both outlive it.
  HttpIncoming(http::ServerExchange& exchange, std::string_view query, const Snapshot& snapshot);

  std::size_t header_count() const override { return exchange_.head().fields.size(); }
  HeaderView header(std::size_t index) const override {
    http::Field field = exchange_.head().fields[index];
    return {field.name, field.value};
  }
  std::string_view method() const override { return exchange_.head().method; }
  std::string_view target() const override { return exchange_.head().origin; }
  std::string_view query() const override { return query_; }
  PeerAddress peer() const override { return peer_; }
  Cancellation& gone() override { return exchange_.gone(); }
  Task<Result<std::string_view>> body() override { return exchange_.whole_body(max_body_); }

 private:
  http::ServerExchange& exchange_;
  std::string_view query_;
  PeerAddress peer_;
  std::size_t max_body_;
};

// The client behind proxies that we trust: from the right, the first address of X-Forwarded-For that is not one of them. Without
// trusted proxies the header has no effect.
IpAddress client_address(const http::FieldTable& fields, IpAddress peer, std::span<const Cidr> trusted);

}  // namespace tollgate
