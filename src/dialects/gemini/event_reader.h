#pragma once
// A stream of streamGenerateContent, chunk by chunk, whichever way it is framed (SSE, or the elements of a JSON array).
//
// Each chunk is a whole answer in small. Texts and thoughts that follow each other make one block; a signature ends it, so that it
// stays where it stood. A function's call comes whole, or in pieces (partial_args.h). Usage is cumulative, the last one counts.
//
// There is no terminal event: a stream is whole when every candidate that began gave its finishReason, or the prompt was blocked.
// Because more may come behind a finishReason (usage, a signature), blocks and choices are ended by end().

#include <map>
#include <memory>
#include <optional>

#include "dialects/dialect.h"
#include "dialects/gemini/partial_args.h"

namespace tollgate::gemini {

class GeminiEventReader final : public EventReader {
 public:
  void read(const Frame& frame, std::vector<StreamEvent>& out) override;
  std::optional<Error> end(std::vector<StreamEvent>& out) override;

 private:
  struct PartialCall {
    std::int64_t block = 0;
    PartialArgs arguments{};
    std::string signature{};
  };
  struct Candidate {
    std::int64_t index = 0;
    std::int64_t blocks = 0;            // begun so far
    std::optional<Part> open{};         // Text or Reasoning, of the last block
    std::optional<PartialCall> partial{};
    bool calls = false;
    FinishReason finish = FinishReason::none;
    std::string native_finish{};
    std::string logprobs{};             // of the chunk, for its first text
  };
  using Events = std::vector<StreamEvent>;

  void read_chunk(const json::Value& root, Events& out);
  bool read_candidate(const json::Value& value, Events& out);
  bool read_part_of(Candidate& candidate, const json::Value& part, Events& out);
  bool read_partial_call(Candidate& candidate, const json::Value& part, const json::Value& call, Events& out);
  void take(Candidate& candidate, Part part, Events& out);
  void take_text(Candidate& candidate, const Text& text, Events& out);
  void take_reasoning(Candidate& candidate, const Reasoning& reasoning, Events& out);
  void take_call(Candidate& candidate, const ToolCall& call, Events& out);
  void take_media(Candidate& candidate, Media media, Events& out);
  void read_usage_of(const json::Value& root, Events& out);
  void tell_usage(Events& out);

  void begin(Candidate& candidate, Part part, Events& out);
  void add(const Candidate& candidate, BlockDelta::What what, std::string text, Events& out, std::string logprobs = {});
  void close(Candidate& candidate, Events& out);
  void end_partial(Candidate& candidate, Events& out);
  void end_block(const Candidate& candidate, Events& out);
  void fail_with(Error error, Events& out);
  bool whole() const;

  std::map<std::int64_t, Candidate> candidates_;
  std::optional<Usage> usage_;
  std::int64_t images_ = 0;
  std::int64_t searches_ = 0;  // the most that a piece told
  std::int64_t images_told_ = 0;
  std::optional<Error> error_;
  std::string block_reason_;
  bool blocked_ = false;
  bool started_ = false;
  bool cut_ = false;    // the last frame was only a part of one
  bool ended_ = false;
};

}  // namespace tollgate::gemini
