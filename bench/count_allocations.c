// Counts heap allocations of a program's worker threads (named worker-N), for LD_PRELOAD: in the 8 bytes of the file that
// $TOLLGATE_COUNT_ALLOCATIONS names, which another process may read at any time. Whoever measures takes the difference over
// many requests.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

static atomic_ulong unwatched;
static atomic_ulong* counter = &unwatched;

__attribute__((constructor)) static void open_counter(void) {
  const char* path = getenv("TOLLGATE_COUNT_ALLOCATIONS");
  if (path == NULL) return;
  int file = open(path, O_RDWR | O_CREAT, 0600);
  if (file < 0 || ftruncate(file, sizeof(atomic_ulong)) != 0) return;
  void* memory = mmap(NULL, sizeof(atomic_ulong), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory != MAP_FAILED) counter = memory;
  close(file);
}

// A thread gets its name when it begins to run; until then it counts as no worker.
static void note(void) {
  static __thread int worker;  // 0: unknown, 1: yes, 2: no
  static __thread int asked;
  if (worker == 0) {
    char name[17] = "";
    prctl(PR_GET_NAME, name);
    if (strncmp(name, "worker-", 7) == 0) worker = 1;
    else if (++asked > 1000) worker = 2;
  }
  if (worker == 1) atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

extern void* __libc_malloc(size_t);
extern void* __libc_calloc(size_t, size_t);
extern void* __libc_realloc(void*, size_t);

void* malloc(size_t size) {
  note();
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  note();
  return __libc_calloc(count, size);
}
void* realloc(void* old, size_t size) {
  note();
  return __libc_realloc(old, size);
}
