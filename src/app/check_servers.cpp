#include <fmt/format.h>

#include "app/audit_exports.h"
#include "app/config_check.h"

namespace tollgate {
namespace {

struct Opened {
  ListenAddress address;
  config::Path at;
};

// At the later one, unless only the earlier one is written and the later one is a default.
void report_collision(const Checking& checking, const Opened& later, const Opened& earlier) {
  bool at_later = checking.written(later.at) || !checking.written(earlier.at);
  const Opened &here = at_later ? later : earlier, &there = at_later ? earlier : later;
  checking.error(here.at, fmt::format("`{}` is also opened by {} (`{}`)", format_listen(here.address),
                                      config::to_text(there.at), format_listen(there.address)));
}

void check_ports(const Checking& checking) {
  std::vector<Opened> opened;
  auto open = [&](const std::vector<ListenAddress>& listen, const config::Path& at) {
    for (std::size_t i = 0; i < listen.size(); ++i) {
      for (const Opened& other : opened)
        if (listen[i].collides(other.address)) report_collision(checking, {listen[i], at / i}, other);
      opened.push_back({listen[i], at / i});
    }
  };
  open(checking.config.server.listen, {"server", "listen"});
  open(checking.config.admin.listen, {"admin", "listen"});
}

void check_server(const Checking& checking) {
  const ServerConfig& server = checking.config.server;
  if (server.tls) {
    checking.readable({"server", "tls", "cert"}, server.tls->cert);
    checking.readable({"server", "tls", "key"}, server.tls->key);
  }
  if (server.max_target > server.max_head)
    checking.error({"server", checking.written({"server", "max_head"}) ? "max_head" : "max_target"},
                   fmt::format("max_target ({}) can never act: the head that holds it may be only {} (max_head)",
                               format_bytes(server.max_target), format_bytes(server.max_head)));
  if (server.memory && *server.memory < server.max_body)
    checking.error({"server", "memory"}, "this holds no body of " + format_bytes(server.max_body) + " (max_body)");
  for (std::size_t i = 0; i < server.trusted_proxies.size(); ++i) {
    const Cidr& block = server.trusted_proxies[i];
    if (block.prefix_bits == 0 || (block.base.is_v4() && block.prefix_bits == 96))
      checking.warn({"server", "trusted_proxies", i}, "every client may now claim any address");
  }
}

void check_admin_secret(const Checking& checking, const config::Path& at, const SecretRef& ref) {
  auto secret = checking.secret(ref);
  if (!secret || secret->reveal().size() >= min_secret_bytes) return;
  std::string what = fmt::format("a token of fewer than {} characters can be guessed", min_secret_bytes);
  if (checking.leaves_this_machine(checking.config.admin.listen))
    checking.error(at, what);
  else
    checking.warn(at, what);
}

void check_admin_token(const Checking& checking) {
  const AdminConfig& admin = checking.config.admin;
  bool known = checking.secret(admin.token).has_value() || admin.token.from == SecretRef::From::vault;
  if (!known && checking.leaves_this_machine(admin.listen))
    checking.error({"admin", "listen"}, "an address that others can reach needs admin.token");
  check_admin_secret(checking, {"admin", "token"}, admin.token);
}

void check_more_tokens(const Checking& checking) {
  for (const auto& [name, token] : checking.config.admin.tokens) {
    config::Path at{"admin", "tokens", name};
    bool of_team = token.role == AdminRole::team;
    if (of_team && token.team.empty()) checking.error(at / "role", "a token of role `team` needs `team: NAME`");
    if (!of_team && !token.team.empty())
      checking.error(at / "team", "this can never act: only the role `team` has a team");
    check_admin_secret(checking, at / "secret", token.secret);
  }
}

// Where lines of the audit log go.
void check_audit(const Checking& checking) {
  if (!checking.config.audit) return;
  const AuditConfig& audit = *checking.config.audit;
  if (!audit.webhook.empty()) {
    auto url = webhook_url(audit, checking.options.secrets);
    if (!url) checking.error({"audit", "webhook"}, url.error());
  } else if (!audit.webhook_secret.empty()) {
    checking.error({"audit", "webhook_secret"}, "this can never act: there is no webhook");
  }
  if (!audit.syslog.empty() && !parse_syslog_address(audit.syslog))
    checking.error({"audit", "syslog"}, "this must be udp://HOST:PORT, tcp://HOST:PORT, tls://HOST:PORT or unix:/PATH");
}

}  // namespace

void check_servers(const Checking& checking) {
  check_ports(checking);
  check_server(checking);
  check_admin_token(checking);
  check_more_tokens(checking);
  check_audit(checking);
}

}  // namespace tollgate
