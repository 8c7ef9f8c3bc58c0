#pragma once
// A stream of which only the usage is read: every byte passes.

#include "dialects/any_framer.h"
#include "gateway/attempts/follower.h"

namespace tollgate {

class PassedStream final : public Follower {
 public:
  // `language` is the provider's, in which the usage may be told; `writer` is the caller's, for an error.
  PassedStream(const Dialect& language, std::unique_ptr<EventWriter> writer)
      : framer_(Framing::sse), reader_(language.event_reader()), writer_(std::move(writer)) {}

  Result<void> take(std::string_view bytes, Outgoing& out) override;
  bool content_came() const override { return came_; }
  bool done() const override { return over_; }
  std::optional<Error> end() const override { return std::nullopt; }
  const std::optional<Usage>& usage() const override { return usage_; }
  bool usage_is_final() const override { return over_; }
  std::int64_t text_bytes() const override { return 0; }
  std::int64_t reasoning_bytes() const override { return 0; }
  void append_end(std::string&) override {}
  void append_error(std::string& out, const Error& error) override { writer_->write(StreamFailed{error}, out); }
  bool append_cut(std::string&, const Usage&, EventWriter&) override { return false; }

 private:
  void read(std::string_view bytes);

  AnyFramer framer_;
  std::unique_ptr<EventReader> reader_;
  std::unique_ptr<EventWriter> writer_;
  std::vector<StreamEvent> events_;
  std::optional<Usage> usage_ = Usage{};  // nothing is estimated: it costs what it reports
  bool came_ = false, over_ = false;
};

}  // namespace tollgate
