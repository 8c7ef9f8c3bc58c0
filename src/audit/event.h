#pragma once
// What the audit log tells: a request, one of somebody we do not know, a change that somebody made, or something that
// befell the log itself.
//
// The structs here only refer to what the caller has at hand; `encode` makes the bytes of an event, and that is all the
// work that a worker's thread does. Numbering, sealing and chaining come later, on the log's own thread (line.h).
//
// No text of prompts or answers and no secret ever comes here: what was asked stands as a keyed fingerprint, and
// whoever makes a change says it in redacted text. What names a person is kept apart from the rest (EncodedEvent), so
// that it can be sealed with a key of that person.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "crypto/hash.h"
#include "domain/record.h"

namespace tollgate {

// HMAC-SHA-256 of what was asked, under a key of the house: who has the text can find its lines, nobody can read it.
using Fingerprint = crypto::Digest;
Fingerprint fingerprint(const crypto::HmacKey& key, std::string_view body);

// A rule that had a say.
struct AuditDecision {
  std::string_view by;    // what kind of rule: limit, policy, guard, key
  std::string_view name;  // as the configuration calls it
  std::string_view said;  // refused, masked, waited, allowed
};
constexpr std::size_t max_audit_decisions = 32;  // of one line; beyond, only their number is told

struct AuditRequest {
  const RequestRow& row;
  std::span<const AttemptRow> attempts{};
  std::span<const AuditDecision> decisions{};
  std::optional<Fingerprint> asked{};
  std::optional<Duration> cache_age{};   // of the remembered answer that was given
  std::optional<Duration> cache_keep{};  // how long this answer stays remembered
  std::uint64_t bytes_in = 0;            // the caller's body
  std::uint64_t bytes_out = 0;           // what the caller was sent of the answer's body
  std::uint64_t events_out = 0;          // of a stream
  std::uint64_t redactions = 0;
  std::string_view config{};  // version of the configuration that decided
  std::string_view user_from{}, feature_from{};  // who said it: key, header, body
};

// Longer texts are cut and end in an ellipsis.
constexpr std::size_t max_audit_text = 8 * 1024;

struct AuditChange {
  WallTime at{};
  std::string_view actor{};   // name of the admin token or command: no person
  std::string_view person{};  // who signed in, where that is known; sealed
  std::string_view role{};
  std::string_view action{};  // keys.create, secrets.set, config.reload
  std::string_view object{};  // what it was done to; no person's name
  std::string_view before{};  // redacted
  std::string_view after{};   // redacted
  bool done = true;           // false: it was refused
};

// A request of somebody we do not know: no key, a wrong one, one that has ended.
struct AuditStranger {
  WallTime at{};
  std::string_view door{};    // the port or path that was asked, as we call it
  std::string_view reason{};  // the error's code
  int http_status = 0;
  std::string_view peer{};    // the client's address; sealed
  std::uint64_t untold = 0;   // others since the line before: too many to be told each (stranger_bound.h)
};

enum class AuditLogEvent : std::uint8_t {
  start,       // a new log, or one that was stopped in good order
  restart,     // the last run did not stop in good order
  stop,
  rotate,      // first line of a new segment
  checkpoint,  // somebody took a signed head away
  erasure,     // the key of a person was deleted
  retention,   // old segments went
};
constexpr std::string_view to_string(AuditLogEvent event) {
  constexpr std::string_view names[] = {"start", "restart", "stop", "rotate", "checkpoint", "erasure", "retention"};
  return names[static_cast<std::size_t>(event)];
}

struct AuditNote {
  WallTime at{};
  AuditLogEvent event = AuditLogEvent::start;
  std::string_view actor{};
  std::optional<std::uint64_t> person{};          // erasure: the pseudonym whose key is gone
  std::optional<std::uint64_t> cut_bytes{};       // restart: a torn end that nobody was told to be kept
  std::optional<std::uint64_t> seq{};             // checkpoint, retention: up to this line
  std::optional<crypto::Digest> hash{};           // the hash of that line
};

// How a person stands in the log: 16 hexadecimal digits of the random id.
std::string pseudonym(std::uint64_t person);

// One event as bytes, ready to be handed to the log's thread. Reuse one: it allocates only when it must grow.
struct EncodedEvent {
  WallTime at{};
  std::string members{};   // {"kind":…, …}
  std::string owner{};     // the person's name; empty: of nobody in particular
  std::string personal{};  // {"user":…,"tags":{…}}, to be sealed; empty: the event names nobody

  void clear() {
    members.clear();
    owner.clear();
    personal.clear();
  }
};

void encode(const AuditRequest& request, EncodedEvent& out);
void encode(const AuditChange& change, EncodedEvent& out);
void encode(const AuditStranger& stranger, EncodedEvent& out);
void encode(const AuditNote& note, EncodedEvent& out);

}  // namespace tollgate
