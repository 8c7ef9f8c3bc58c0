#pragma once
// One client request and all that we learn about it, from its arrival to its row. It stays on one thread. Exchanges are used
// again, one after another, so that their strings need no memory in steady state.

#include <array>
#include <bitset>
#include <optional>

#include "base/ids.h"
#include "dialects/door.h"
#include "dialects/openai_chat/request.h"
#include "gateway/conversations.h"
#include "gateway/counting/prompt_count.h"
#include "gateway/provider_objects.h"
#include "gateway/shared_answers.h"
#include "gateway/snapshot.h"
#include "identity/attribution.h"
#include "limits/reservation.h"
#include "ports/incoming.h"
#include "ports/ledger.h"

namespace tollgate {

// Which tier a call's route asks first, and why.
struct Difficulty {
  float score = 0;       // 0 to 1
  float threshold = 0;   // from here on: the capable tier
  std::string_view reason{};  // a static text

  bool capable() const { return score >= threshold; }
};

// One try at a target, from what is written for it to what came of it. They come one after another; of a hedged call two are
// under way at once.
struct Try {
  const Target* target = nullptr;
  const ProviderKey* key = nullptr;
  Flight flight;                         // its place at the target
  int n = 0;                             // of its row; 0: none yet
  Instant began;
  std::string path, body;                // of a request that was written for the target
  std::vector<std::string> dropped;      // what the target cannot be told
  std::string answer_id;                 // of a stored response that passes
  std::optional<std::string> said{};     // what an earlier try said that this one goes on with
  bool rewritten = false;                // written from the middle form even where the caller's bytes could pass
  bool keeps = false;                    // its answer is kept here (gateway/steps/recall.h)
  std::string upstream_request_id;       // the provider's own id of the answer
  std::string outgoing;                  // bytes of the answer that are not views of what came
  std::string outgoing_sent;             // those that are with the client's connection now
  std::string partial;                   // of a stream's event that came in pieces

  // Makes it a new one, keeping the memory of its strings.
  void reset();
};

struct Exchange {
  // From the door.
  Incoming* incoming = nullptr;
  Door door;
  CurrentSnapshot::Held held;
  Instant began;
  Instant deadline = Instant::never();

  // What is known of it, in the order in which it becomes known.
  RequestRow row;                      // filled along the way; complete when recorded
  Claims claims;                       // what the request says of its user, feature and tags
  const VirtualKey* key = nullptr;     // null: nobody we know, and nothing is recorded
  std::string_view asked;              // the whole body
  CallView call;                       // what is asked for, in words that no dialect owns
  openai_chat::OpenAiRequest openai;   // the same, at a door that speaks OpenAI's chat family: its bytes pass with edits
  std::optional<ChatRequest> chat;     // the same in the middle form, once a target needs it
  std::optional<ModelTier> hint;            // the caller's own, for routes by difficulty
  std::optional<Difficulty> difficulty;
  std::string_view idempotency;        // Idempotency-Key; a view into the head
  Leading leading;                     // of calls that share an answer
  std::shared_ptr<const SharedAnswer> shared;  // the answer of another call
  std::string handed;                  // what a leading stream has handed to its client
  bool dry_run = false;                // tell what would be done, and do nothing
  bool strict = false;                 // refuse what a target cannot be told, instead of dropping it
  const Route* route = nullptr;
  Plan plan;
  std::string_view session;            // x-tollgate-session; a view into the head
  std::string_view open_model;         // the provider's name of the model, where an open route leaves it to the caller
  std::array<Try, 2> tries;            // the second one of hedged calls
  Try* shown = &tries[0];              // whose answer the client gets
  std::optional<InputCount> counted;   // of the input, at the target of
  const TargetFacts* counted_for = nullptr;
  std::optional<Tokens> kept;          // of the answer that the provider keeps, with all before it, where the call goes on with one
  Reservation reservation;
  std::string_view admitted_at;        // the provider whose limits were asked first
  bool money_limited = false;          // a limit on money concerns it
  std::string clamped;                 // the body with a maximum that a limit set
  std::string_view unclamped;          // the body before that; empty: nobody did
  // Tokens set aside for the output of a stream that nobody bounds, and of which more is set aside as it grows (gateway/steps/admit.h);
  // 0: all that may come.
  std::int64_t output_set_aside = 0;
  std::array<AttemptRow, Ledger::attempts_max> attempts;
  int attempt_count = 0;
  int attempts_written = 0;            // of them in the ledger
  std::bitset<Ledger::attempts_max> attempts_ended;
  Duration elsewhere{0};               // spent in attempts and in waits between them
  Instant elsewhere_until;             // attempts until then are in it
  std::optional<ProviderObject> account;  // of a batch: who has its input
  std::optional<Price> batch_price;    // what its calls cost
  json::Value asked_input;             // of a call that speaks Responses: its own input
  std::string asked_items, retold;     // of a conversation that we keep: that input's items, and the body that tells all of it
  std::string previous_id;             // of the answer that it continues
  std::shared_ptr<const Turn> before;  // that answer
  std::string refused_by;              // the limit that had no room
  std::uint64_t bytes_out = 0;         // of the answer's body, what the client was given
  Ledger::Ticket ticket = 0;           // when intent_written
  bool intent_written = false;
  bool recorded = false;

  const Snapshot& snapshot() const { return **held; }
  Wait wait() const { return {deadline, &incoming->gone()}; }
  // The provider's own name of the model at this target.
  std::string_view model_at(const Target& at) const { return at.model.empty() ? open_model : std::string_view(at.model); }
  AttemptRow& row_of(const Try& one) { return attempts[static_cast<std::size_t>(one.n - 1)]; }
  const AttemptRow& row_of(const Try& one) const { return attempts[static_cast<std::size_t>(one.n - 1)]; }

  // Makes it a new one, keeping the memory of its strings.
  void reset();
};

}  // namespace tollgate
