#pragma once
// The scripted provider plays in OpenAI's words; in every other language it speaks through a Tongue: the question is turned into
// OpenAI's on the way in, answers, events and errors into the caller's language on the way out. So one script, one reply and one bill
// serve all dialects.

#include <memory>
#include <string>
#include <vector>

#include "dialects/any_framer.h"
#include "dialects/door.h"

namespace tollgate::mock {

class Tongue {
 public:
  // The call's path and number, and the time in seconds since 1970.
  Tongue(const Door& door, std::uint64_t number, std::int64_t now);

  // The question in OpenAI's words. The body outlives the tongue. Error: invalid_request.
  Result<std::string> hear(std::string_view body);

  // A whole answer of ours in the caller's language; broken ones stay as they are.
  std::string answer(std::string_view openai);
  // What of a stream goes out for this event of ours.
  void say(std::string_view event, std::string& out);
  // Our stream is over.
  void finish(std::string& out);
  std::string error(int status, std::string_view openai);

  std::string_view stream_type() const { return content_type_of(door_.framing); }
  Operation operation() const { return door_.operation; }

 private:
  AnswerFacts facts() const;

  Door door_;
  std::int64_t now_;
  RequestId id_;
  CallView view_;
  std::optional<ChatRequest> chat_;
  std::optional<EmbeddingRequest> embedding_;
  SseFramer framer_;
  std::unique_ptr<EventReader> reader_;
  std::unique_ptr<EventWriter> writer_;
  std::vector<StreamEvent> events_;
};

}  // namespace tollgate::mock
