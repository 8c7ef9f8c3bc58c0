#pragma once
// The port for people and tools that run the gateway: a page, metrics, health, reload. The table is in admin_port.cpp.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/admin_objects.h"
#include "api/config.h"
#include "api/routes.h"
#include "async/reactor.h"
#include "base/ids.h"
#include "base/secret.h"
#include "net/buffer.h"
#include "net/http_exchange.h"

namespace tollgate {

// Who may come in, and what they may do: see `admin.tokens`.
struct AdminToken {
  Secret token;
  AdminRole role = AdminRole::admin;
  std::string name{};  // as the audit log calls it
  std::string team{};  // of role team
};

// The audit log; all empty where none is kept.
struct AuditDoors {
  std::function<Result<AdminAnswer>(std::string_view query)> rows{};
  std::function<Result<AdminAnswer>()> verify{};
  std::function<void(std::string_view actor, std::string_view role, std::string_view action)> denied{};
  std::function<void(std::string_view peer)> stranger{};
};

class AdminPort final : public http::Handler {
 public:
  struct Doors {
    std::vector<AdminToken> tokens;
    bool metrics_need_token = false;
    std::function<std::string()> metrics;         // Prometheus text
    std::function<Result<void>()> ready;
    std::function<std::string()> page;            // HTML of the start page
    std::function<Result<void>(std::string_view actor, std::string_view role)> reload;
    std::function<std::string()> targets;         // JSON
    std::function<std::string(std::string_view team)> limits;  // JSON; of one team, where it is not empty
    std::function<Result<std::string>(std::string_view body)> explain{};  // JSON to JSON
    std::function<Result<std::string>(std::string_view body)> count{};    // likewise
    std::function<Result<AdminAnswer>(std::string_view query)> usage{}, requests{};
    std::function<Result<AdminAnswer>(std::string_view id, std::string_view team)> request{};  // `team` as above
    AdminObjectDoor objects{};
    AuditDoors audit{};
  };
  AdminPort(Doors doors, RequestIdSource ids, Reactor& reactor)
      : doors_(std::move(doors)), ids_(ids), reactor_(reactor) {}

  Task<void> serve(http::ServerExchange& exchange) override;
  RefusalAnswer refuse(const http::Refusal& refusal) override;

 private:
  const AdminToken* token_of(const http::ServerExchange& exchange) const;
  RequestId fresh_id() { return ids_.next(reactor_.wall(), reactor_.random().next()); }
  Task<void> serve_text(http::ServerExchange& exchange, std::string_view type, std::string text);
  Task<void> ask_for_token(http::ServerExchange& exchange);
  Task<void> serve_question(http::ServerExchange& exchange, const std::function<Result<std::string>(std::string_view body)>& ask);
  Task<void> serve_answer(http::ServerExchange& exchange, Result<AdminAnswer> answer);
  Task<void> serve_reload(http::ServerExchange& exchange, const AdminToken& token);
  Task<void> serve_object(http::ServerExchange& exchange, const AdminToken& token, const RouteMatch& match);
  Task<void> serve_known(http::ServerExchange& exchange, const AdminToken& token, const RouteMatch& match);
  Task<void> serve_audit(http::ServerExchange& exchange, std::string_view query);
  Task<void> serve_audit_proof(http::ServerExchange& exchange);
  Task<void> deny(http::ServerExchange& exchange, const AdminToken& token, std::string_view action);

  Doors doors_;
  RequestIdSource ids_;
  Reactor& reactor_;
};

}  // namespace tollgate
