#pragma once
// Settings `server:`: where models are served, and the bounds of what one client may send.

#include <optional>
#include <string>
#include <vector>

#include "base/address_settings.h"

namespace tollgate {

struct TlsConfig {
  std::string cert;
  std::string key;
};
void describe(Fields& fields, TlsConfig& tls);

struct ServerConfig {
  std::vector<ListenAddress> listen{{IpAddress::v4(127, 0, 0, 1), 8080}};
  std::optional<int> threads{};   // empty: as many as the CPU quota allows
  std::optional<Bytes> memory{};  // of all buffered bodies; empty: half of the cgroup's or the machine's
  Bytes max_body = mib(64);
  Bytes max_target = kib(8);
  Bytes max_head = kib(32);
  int max_fields = 100;
  int max_json_depth = 128;
  int max_connections = 100'000;         // of one thread
  Duration head_timeout = seconds(15);   // from a head's first byte
  Duration body_timeout = seconds(30);   // and a second more for each KiB that came
  Duration write_timeout = seconds(60);  // a client that takes nothing for so long is gone
  Duration idle_timeout = seconds(75);   // between two requests
  Duration drain = seconds(600);         // at a graceful stop
  std::vector<Cidr> trusted_proxies{};
  std::optional<TlsConfig> tls{};
  bool open_routes = false;
  bool proxy_protocol = false;
  bool watch = false;
};
void describe(Fields& fields, ServerConfig& server);

}  // namespace tollgate
