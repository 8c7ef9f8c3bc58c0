// The hot path of the ledger allocates nothing once its names are known: every operator new of this program is counted.

#include <cstdlib>
#include <new>

#include "async/clock.h"
#include "async/epoll_poller.h"
#include "storage/journal/journal_for_test.h"
#include "storage/worker_ledger.h"

namespace {
thread_local std::uint64_t allocations = 0;

void* counted(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace tollgate {
namespace {

TEST(JournalAllocations, ACallWithKnownNamesAllocatesNothing) {
  FakeDisk disk;
  TestJournal journal(disk, {.segment_slots = 4'000});
  SystemClock clock;
  SeededRandom random{1};
  EpollPoller poller;
  Reactor reactor{clock, random, poller};
  WorkerLedger ledger(journal.writer(), reactor, Durability::power);
  auto row = test_row(1);
  auto attempt = test_attempt(row);
  auto call = [&] {
    auto ticket = ledger.begin(test_intent(row));
    ledger.progress(row.id, row.usage, row.cost);
    ledger.attempt(*ticket, attempt);
    ledger.finish(*ticket, row);
  };
  call();
  std::uint64_t before = allocations;
  for (int i = 0; i < 500; ++i) call();
  EXPECT_EQ(allocations - before, 0u);
  std::string proof(100, 'x');
  EXPECT_GT(allocations - before, 0u) << "the counter counts";
}

}  // namespace
}  // namespace tollgate
