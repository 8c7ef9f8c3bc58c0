#pragma once
// An answer that flows: pulls from the provider, follows the meaning of what comes, and hands out what the client should get.
//
//   begin   reads until the first content (or the end): until then a failure may still be tried elsewhere
//   next    the next bytes for the client; `last` says whether these end the answer
//
// However it ends it settles: at the last bytes, which wait for the row to be durable; or in the destructor, when the client has
// left. An end without the provider's own is an error event in the client's dialect, never a success.

#include <optional>

#include "gateway/attempts/follower.h"
#include "gateway/attempts/meter.h"
#include "gateway/worker.h"

namespace tollgate {

class StreamedAnswer : public FromFramePool {
 public:
  // Exchange and worker outlive it; the exchange's current attempt is the one that this answers.
  StreamedAnswer(Exchange& exchange, Worker& worker, std::unique_ptr<ProviderAnswer> upstream, Instant attempt_began);
  ~StreamedAnswer();
  StreamedAnswer(const StreamedAnswer&) = delete;

  Task<Result<void>> begin();

  // Valid until the next call. Errors: client_gone (settled as aborted), unavailable (the row could not be made durable).
  Task<Result<std::string_view>> next();
  bool last() const { return over_; }

  // After the last bytes are out: reads what the provider still sends, so that its connection can be used again.
  Task<void> close();

 private:
  Task<Result<void>> pull();
  Wait patience() const;
  Task<Result<std::string_view>> finish(std::optional<Error> error);
  void note_first_content();
  void measure();
  void checkpoint();
  std::string_view hand_out();

  Exchange& x_;
  Worker& worker_;
  std::unique_ptr<ProviderAnswer> upstream_;
  Meter meter_;
  Instant attempt_began_;
  std::unique_ptr<Follower> follower_;
  Outgoing out_;
  std::optional<Error> error_;  // what ended it
  Instant checkpoint_at_;
  std::int64_t checkpoint_tokens_ = 0;
  bool ended_ = false;          // the provider's bytes are over
  bool held_ = true;            // nothing has gone out yet
  bool over_ = false;           // settled
};

}  // namespace tollgate
