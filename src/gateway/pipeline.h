#pragma once
// The story of one model call, from a caller to an answer. pipeline.cpp is its table of contents.

#include "gateway/answer.h"

namespace tollgate {

class Pipeline {
 public:
  explicit Pipeline(Worker& worker) : worker_(worker) {}

  // Opens an exchange for a request that has just come.
  Worker::OwnedExchange open(Incoming& incoming, const Door& door) const;

  // Runs it. The answer must be dropped before the exchange. On error everything is settled and recorded already, and
  // `exchange.row` says what the client should be told of it.
  Task<Result<Answer>> run(Exchange& exchange) const;

 private:
  Task<Result<Answer>> story(Exchange& exchange) const;
  Task<Answer> explained(Exchange& exchange) const;
  Task<Result<void>> settled(Exchange& exchange, const Answer& answer) const;
  Worker& worker_;
};

}  // namespace tollgate
