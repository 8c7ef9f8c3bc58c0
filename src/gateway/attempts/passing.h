#pragma once
// A stream whose bytes pass: caller and provider speak the same language.

#include "dialects/openai_chat/stream.h"
#include "gateway/attempts/follower.h"

namespace tollgate {

// OpenAI's chat and completions: the light reader, which allocates nothing. The usage chunk that only we asked for is taken out.
class OpenAiPassing final : public Follower {
 public:
  // `memory`, for events that come in pieces, outlives it.
  OpenAiPassing(openai_chat::UsageAsked asked, openai_chat::UsageQuirks quirks, std::string& memory)
      : memory_(memory), framer_(std::move(memory)), reader_(asked, quirks) {}
  ~OpenAiPassing() override { memory_ = framer_.take_memory(); }

  Result<void> take(std::string_view bytes, Outgoing& out) override;
  bool content_came() const override { return reader_.content_came(); }
  bool done() const override { return reader_.done(); }
  std::optional<Error> end() const override { return reader_.end(); }
  const std::optional<Usage>& usage() const override { return reader_.usage(); }
  bool usage_is_final() const override { return true; }  // it comes at the end, or counts on with each chunk
  std::int64_t text_bytes() const override { return reader_.text_bytes(); }
  std::int64_t reasoning_bytes() const override { return reader_.reasoning_bytes(); }
  void append_end(std::string& out) override;
  void append_error(std::string& out, const Error& error) override;
  bool append_cut(std::string& out, const Usage& used, EventWriter& fresh) override;

 private:
  std::string& memory_;
  SseFramer framer_;
  openai_chat::StreamReader reader_;
};

}  // namespace tollgate
