#pragma once
// A stream that is read event by event, of any dialect: passed on frame by frame to a caller who speaks the same one, or written
// anew in the caller's.

#include <vector>

#include "dialects/any_framer.h"
#include "gateway/attempts/follower.h"

namespace tollgate {

class EventFollower final : public Follower {
 public:
  enum class Way : std::uint8_t { pass, translate };
  // `id` is the request's.
  EventFollower(const Dialect& from, Way way, std::unique_ptr<EventWriter> writer, RequestId id);

  Result<void> take(std::string_view bytes, Outgoing& out) override;
  bool content_came() const override { return content_; }
  bool done() const override { return done_; }
  std::optional<Error> end() const override { return end_; }
  const std::optional<Usage>& usage() const override { return usage_; }
  bool usage_is_final() const override { return done_; }
  std::int64_t text_bytes() const override { return text_bytes_; }
  std::int64_t reasoning_bytes() const override { return reasoning_bytes_; }
  const Heard* heard() const override { return heard_ ? &*heard_ : nullptr; }
  void go_on(const Dialect& from) override;
  void keep_what_is_heard() { heard_.emplace(); }
  std::string_view answer_id() const override { return answer_id_; }
  void append_end(std::string&) override {}  // a dialect's end is an event like others
  void append_error(std::string& out, const Error& error) override { writer_->write(StreamFailed{error}, out); }
  bool append_cut(std::string& out, const Usage& used, EventWriter& fresh) override;
  // Bytes pass, and yet the stream may have to be cut: its writer reads along, so that it can end what has begun.
  void read_along() { reads_along_ = true; }

 private:
  Result<void> take_events(Outgoing& out);
  void note(const StreamEvent& event);
  void write(StreamEvent& event, Outgoing& out);
  bool fit_in(StreamEvent& event);
  void note_open(const StreamEvent& event);
  void note(const BlockStart& start);
  void note(const BlockDelta& delta);

  AnyFramer framer_;
  Way way_;
  RequestId id_;
  std::unique_ptr<EventReader> reader_;
  std::unique_ptr<EventWriter> writer_;  // the caller's
  std::vector<StreamEvent> events_;      // of the frame at hand
  bool reads_along_ = false;
  std::string unwritten_;                // what the writer would have said of them
  std::vector<std::pair<std::int64_t, std::int64_t>> open_;  // choice and block, as the client knows them
  std::optional<Usage> usage_;
  std::string answer_id_;
  std::optional<Error> end_;
  std::int64_t text_bytes_ = 0;
  std::int64_t reasoning_bytes_ = 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> thoughts_;  // choice and block of open reasoning
  std::optional<Heard> heard_;
  // Where it may be gone on with: the client's numbers of blocks, and after a break theirs of the new stream's.
  std::int64_t last_block_ = -1, open_text_ = -1;
  std::vector<std::pair<std::int64_t, std::int64_t>> renumbered_;
  bool blanks_come_again_ = false;
  std::optional<Usage> usage_before_;  // of the tries that this one goes on with
  bool content_ = false;
  bool done_ = false;
};

}  // namespace tollgate
