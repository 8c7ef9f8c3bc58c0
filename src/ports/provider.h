#pragma once
// A provider, as the attempt loop sees it: takes a call in the target's own dialect, gives the answer's head and then its body
// to be pulled. One for each thread; it knows nothing of meaning, retries or money.

#include <memory>
#include <span>
#include <string_view>

#include "async/frame_pool.h"
#include "async/task.h"
#include "async/wait.h"
#include "base/result.h"
#include "domain/record.h"
#include "domain/target.h"

namespace tollgate {

struct HeaderView {
  std::string_view name;
  std::string_view value;
};

struct ProviderCall {
  const Target& target;
  const ProviderKey* key = nullptr;          // null: none is sent
  std::string_view model{};                  // the provider's own name of it
  std::string_view path;                     // behind the base URL: /chat/completions
  std::string_view method = "POST";
  std::string_view content_type = "application/json";  // empty: no body
  std::string_view accept{};                 // empty: what the provider's dialect comes as
  bool from_root = false;                    // `path` stands behind the base URL itself, not behind the type's own path
  std::span<const std::string_view> body;    // in order; valid until the answer's head came
  std::span<const HeaderView> headers;       // of the client, that may go upstream
};

struct CallWaits {
  Wait connect;
  Wait head;
};

class ProviderAnswer : public FromFramePool {
 public:
  virtual ~ProviderAnswer() = default;
  virtual int status() const = 0;
  virtual std::size_t header_count() const = 0;
  virtual HeaderView header(std::size_t index) const = 0;

  // The next bytes of the body, valid until the next call; empty at its end.
  virtual Task<Result<std::string_view>> next(Wait wait) = 0;
  // All that is left in one piece, valid as long as the answer. `idle` is how long it may stand still within `wait`.
  // Error upstream_protocol when it is larger than `limit`.
  virtual Task<Result<std::string_view>> whole(std::size_t limit, Wait wait, Duration idle) = 0;
};

class Provider {
 public:
  virtual ~Provider() = default;
  // `phase` says how far it came, in success and failure. Errors: upstream_unreachable, upstream_protocol, overloaded,
  // `deadline`, `cancelled`.
  virtual Task<Result<std::unique_ptr<ProviderAnswer>>> ask(const ProviderCall& call, CallWaits waits,
                                                            AttemptPhase& phase) = 0;
};

}  // namespace tollgate
