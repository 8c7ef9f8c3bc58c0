#pragma once
// Follows one streamed answer of a provider: what its bytes mean, and what of them the client gets.
//
// Two kinds: bytes that pass between equal dialects (passing.h), and those that are translated (translating.h).

#include <memory>
#include <optional>

#include "async/frame_pool.h"
#include "gateway/attempts/heard.h"
#include "gateway/exchange.h"
#include "gateway/outgoing.h"

namespace tollgate {

class Follower : public FromFramePool {
 public:
  virtual ~Follower() = default;

  // Takes the next bytes, none when they are over, and hands on what the client gets. `out` knows them already.
  // Error: what the provider said in its stream, or that it cannot be read. Nothing is taken after it.
  virtual Result<void> take(std::string_view bytes, Outgoing& out) = 0;

  virtual bool content_came() const = 0;
  // The provider's own end came: nothing behind it counts.
  virtual bool done() const = 0;
  // The bytes are over: why the answer is not whole; nothing when it is.
  virtual std::optional<Error> end() const = 0;

  virtual const std::optional<Usage>& usage() const = 0;
  // Whether usage() is of the whole answer; else it is what was known amid the stream, its output too small.
  virtual bool usage_is_final() const = 0;
  virtual std::int64_t text_bytes() const = 0;       // visible output so far
  virtual std::int64_t reasoning_bytes() const = 0;

  // What was understood of it, where the route wants that; null: nothing is kept.
  virtual const Heard* heard() const { return nullptr; }
  // What comes now is from another provider, which goes on with the text, without the blanks at its end. REQUIRES: heard().
  virtual void go_on(const Dialect&) {}

  // The provider's own id of the answer, as far as it is known.
  virtual std::string_view answer_id() const { return {}; }

  // What a whole answer still lacks, in the client's dialect.
  virtual void append_end(std::string& out) = 0;
  virtual void append_error(std::string& out, const Error& error) = 0;

  // What comes now would not be paid for: ends the stream as one that was cut by its length. `fresh` writes the client's dialect and has
  // written nothing yet. False: it cannot be done, and the rest must come.
  virtual bool append_cut(std::string& out, const Usage& used, EventWriter& fresh) = 0;
};

// The one that a try needs. `now`: seconds since 1970. REQUIRES: middle_form() was made where bytes do not pass.
std::unique_ptr<Follower> make_follower(Exchange& exchange, Try& one, std::int64_t now);

}  // namespace tollgate
