#pragma once
// A stream as OpenAI's SDKs follow it: response.created, then each block as an item that is added, grows and is done, then the whole
// answer once more. The items are kept until then, up to a bound; a stream beyond it ends in an error.

#include <map>

#include "dialects/openai_responses/answer_frame.h"

namespace tollgate::openai_responses {

class ResponseEventWriter final : public EventWriter {
 public:
  explicit ResponseEventWriter(const AnswerFacts& facts);
  void write(const StreamEvent& event, std::string& out) override;

 private:
  struct Block {
    Part kind;
    std::string id;         // of the item
    std::size_t index = 0;  // output_index
    std::string text;       // all of it
    std::string signature, redacted;
  };

  template <class Fill>
  void event(std::string& out, std::string_view type, Fill fill);
  void frame_event(std::string& out, std::string_view type);
  void begin_answer(std::string& out);
  void begin(const BlockStart& start, std::string& out);
  void tell_signature_of(const ToolCall& call, std::string& out);
  void begin_content(const Block& block, std::string& out);
  void grow(const BlockDelta& delta, std::string& out);
  void end(const BlockEnd& ended, std::string& out);
  void end_content(const Block& block, std::string& out);
  void close(std::string& out);
  void fail_with(const Error& error, std::string& out);
  void place(json::Writer& writer, const Block& block);
  std::string item_of(const Block& block, bool done) const;

  AnswerFrame frame_;
  RequestId request_id_;
  std::map<std::int64_t, Block> open_;
  std::vector<std::string> items_;
  std::int64_t sequence_ = 0;
  std::size_t kept_ = 0;
  FinishReason finish_ = FinishReason::stop;
  bool begun_ = false, over_ = false;
};

}  // namespace tollgate::openai_responses
