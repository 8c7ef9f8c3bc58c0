#pragma once
// Plays the answer to one call as its rule says, and puts it on the bill. One for each connection, so that its memory
// is used again.
//
//   play        the model's answer, plain or streamed, or what the rule has in its place, with the rule's faults
//   answer      a JSON body of our own: refusals, the list of models, the control endpoints; never billed

#include "mock/desk.h"
#include "mock/tongue.h"
#include "mock/wire.h"
#include "mock/wording.h"

namespace tollgate::mock {

// What becomes of the connection.
enum class After : std::uint8_t {
  next,   // another request may come
  close,  // in order
  reset,
  gone,  // the client left
};

// One call. All that it refers to outlives its answer.
struct Call {
  const http::RequestHead& head;
  const Question* question;  // null where no model is asked
  const Rule& rule;
  std::uint64_t number;
  std::uint64_t key;  // fingerprint
  Tongue* tongue = nullptr;  // where the caller speaks another language than OpenAI's
};

class Player {
 public:
  Player(Desk& desk, ByteStream& stream, Cancellation& gone) : desk_(desk), wire_(stream, gone) {}

  Task<After> play(const Call& call);
  Task<After> answer(const Call& call, int status, std::string_view body);
  // To what was no request that could be read.
  Task<void> refuse(int status, std::string_view body);

 private:
  enum class Billing : std::uint8_t { no, yes };
  enum class Fault : std::uint8_t { none, broken, over, gone };  // over: the stream ends here, in order

  struct Plain {
    int status = 200;
    std::string_view type = "application/json";
    std::string_view body;
    Billing billing = Billing::yes;
  };

  Task<After> play_plain(const Call& call, Plain plain);
  Task<After> play_replacement(const Call& call);
  Task<After> play_raw(const Call& call);
  Task<After> play_stream(const Call& call);
  Task<Fault> send_events(const Call& call, const StreamPlan& plan);
  Task<Fault> meet_faults(const Call& call, const StreamPlan& plan, std::int64_t index);
  Task<bool> wait_before(const Call& call, const Event& event, bool first);
  After end_stream(const Call& call, const StreamPlan& plan, Fault fault);

  void write_head(const Call& call, int status, std::string_view type, http::BodyFraming framing);
  void write_answer(const Call& call);
  bool put(const Rule& rule, std::string_view payload);
  bool put_event(const Call& call, std::string_view event);
  void put_half(std::string_view payload);
  After after(const Call& call, Outcome outcome) const;
  void bill(const Call& call, TokenCounts counts, Outcome outcome);

  Desk& desk_;
  Wire wire_;
  EventWriter writer_;
  Reply reply_;
  std::string body_, event_, said_;
  std::size_t payload_bytes_ = 0;                 // of the stream, so far
  std::int64_t events_put_ = 0, events_out_ = 0;  // of the plan: written to the wire, and out of it
  bool chunked_ = true;
};

}  // namespace tollgate::mock
