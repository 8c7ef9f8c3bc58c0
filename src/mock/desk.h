#pragma once
// What all connections of one provider share. It and they live on one thread.

#include <cstdint>
#include <functional>
#include <memory>

#include "mock/bill.h"
#include "mock/playbook.h"
#include "mock/request_log.h"

namespace tollgate::mock {

struct Desk {
  std::shared_ptr<Playbook> playbook;  // a call keeps the one it began with
  Bill bill;
  RequestLog requests;
  std::function<void(const BillLine&)> on_billed;  // may be empty
  std::uint64_t calls = 0;                         // numbers them

  void play(Script script) {
    requests.reset(static_cast<std::size_t>(script.keep_requests));
    playbook = std::make_shared<Playbook>(std::move(script));
  }
  void add_to_bill(const BillLine& line) {
    bill.add(line);
    if (on_billed) on_billed(line);
  }
};

}  // namespace tollgate::mock
