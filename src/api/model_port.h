#pragma once
// The port that applications talk to: which path is served by what. The table is in model_port.cpp.

#include <functional>

#include "api/batches.h"
#include "gateway/worker.h"
#include "net/buffer.h"
#include "net/http_exchange.h"
#include "telemetry/key_totals.h"

namespace tollgate {

class ModelPort final : public http::Handler {
 public:
  struct Doors {
    Worker& worker;
    const KeyTotals& totals;
    std::function<Result<void>()> ready;  // the Error's detail says why not
    std::function<std::optional<std::string>(RequestId, std::string_view key)> row_json;  // that key's row of this id
    BatchDoors batches{};
  };
  explicit ModelPort(Doors doors) : doors_(std::move(doors)) {}

  Task<void> serve(http::ServerExchange& exchange) override;
  RefusalAnswer refuse(const http::Refusal& refusal) override;

 private:
  Task<void> serve_door(http::ServerExchange& exchange, Door door, std::string_view query);

  Doors doors_;
};

}  // namespace tollgate
