#include "api/http_incoming.h"

#include <algorithm>

#include "base/text.h"

namespace tollgate {
namespace {

bool is_trusted(const IpAddress& address, std::span<const Cidr> trusted) {
  return std::any_of(trusted.begin(), trusted.end(), [&](const Cidr& block) { return block.contains(address); });
}

}  // namespace

IpAddress client_address(const http::FieldTable& fields, IpAddress peer, std::span<const Cidr> trusted) {
  if (trusted.empty() || !is_trusted(peer, trusted)) return peer;
  IpAddress client = peer;
  for (std::size_t line = fields.size(); line-- > 0;) {  // a proxy may add its own line: the last one is the nearest hop's
    http::Field field = fields[line];
    if (!iequals(field.name, "x-forwarded-for")) continue;
    auto hops = split(field.value, ',');
    for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
      auto address = parse_ip(trimmed(*hop));
      if (!address) return client;
      client = *address;
      if (!is_trusted(client, trusted)) return client;
    }
  }
  return client;
}

HttpIncoming::HttpIncoming(http::ServerExchange& exchange, std::string_view query, const Snapshot& snapshot)
    : exchange_(exchange), query_(query), peer_(exchange.peer()), max_body_(snapshot.max_body) {
  peer_.ip = client_address(exchange.head().fields, peer_.ip, snapshot.trusted_proxies);
}

}  // namespace tollgate
