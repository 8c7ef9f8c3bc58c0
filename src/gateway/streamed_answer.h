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
#include "gateway/settlement.h"
#include "gateway/worker.h"

namespace tollgate {

class StreamedAnswer : public FromFramePool {
 public:
  // Exchange and worker outlive it; the try is one of the exchange's.
  StreamedAnswer(Exchange& exchange, Worker& worker, Try& one, std::unique_ptr<ProviderAnswer> upstream);
  ~StreamedAnswer();
  StreamedAnswer(const StreamedAnswer&) = delete;

  Task<Result<void>> begin();

  // Valid until the next call. Errors: client_gone (settled as aborted), unavailable (the row could not be made durable).
  Task<Result<std::string_view>> next();
  bool last() const { return over_; }

  // What a whole answer says, while the client has had nothing of it; null where that is not kept.
  const Heard* heard_whole() const { return held_whole_ && follower_->done() ? follower_->heard() : nullptr; }
  // A better answer is asked for: closes the row of this one; and it is the one after all.
  void set_aside();
  void bring_back() { over_ = false; }

  // Another try has the answer: the row tells what came of this one. Nothing is settled.
  void abandon();

  // After the last bytes are out: reads what the provider still sends, so that its connection can be used again.
  Task<void> close();

 private:
  Task<Result<void>> pull();
  Wait patience() const;
  bool begun() const;
  Task<bool> go_on(const Error& error);
  void close_row();
  void withhold();
  Task<Result<std::string_view>> finish(std::optional<Error> error);
  bool afforded();
  bool append_cut();
  Task<Result<std::string_view>> end(Ending ending);
  void note_first_content();
  void measure();
  void checkpoint();
  std::string_view hand_out();

  Exchange& x_;
  Worker& worker_;
  Try& try_;
  std::unique_ptr<ProviderAnswer> upstream_;
  Meter meter_;
  std::unique_ptr<Follower> follower_;
  Outgoing out_;
  std::optional<Error> error_;  // what ended it
  Instant checkpoint_at_;
  std::int64_t checkpoint_tokens_ = 0;
  bool ended_ = false;          // the provider's bytes are over
  bool held_ = true;            // nothing has gone out yet
  bool held_whole_ = false;     // nor will, before the answer is whole: it is judged
  bool row_closed_ = false;
  bool over_ = false;           // settled
};

}  // namespace tollgate
