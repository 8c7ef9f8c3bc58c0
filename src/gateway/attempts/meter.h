#pragma once
// What one attempt has used and what that costs: the provider's own numbers where it gave any, else an estimate.

#include <optional>

#include "gateway/exchange.h"

namespace tollgate {

// Tokens in a text of so many bytes, as long as nothing counts exactly: four bytes to a token, rounded up.
Tokens estimated_tokens(std::int64_t bytes);
// So many bytes that they are estimated as these tokens.
std::int64_t bytes_of(Tokens tokens);

// Of speech that is made of a text: how many characters (code points) it has; zero for other calls.
std::int64_t spoken_characters(const Exchange& exchange);

// Whether what was sent is a file of audio to be read: at our paths for it, or to a model whose price is by its length.
bool is_audio_file(const Exchange& exchange, const Target& target);

// Of speech that is made of a text: the most audio tokens that come back, three for two bytes of text. (OpenAI: 1,250 a minute, in which some 900
// characters are said.) Answers of sound tell no usage; zero for other calls.
Tokens speech_tokens(const Exchange& exchange);

class Meter {
 public:
  // Both outlive the meter.
  Meter(Exchange& exchange, const Target& target);

  // Writes usage, source, cost and price into the row. `visible` and `reasoning` are bytes of output that came.
  void measure(const std::optional<Usage>& told, std::int64_t visible, std::int64_t reasoning, AttemptRow& row) const;

  // Of an answer that is not whole: the input that the provider told, and of the output what came.
  void measure_partly(const Usage& told, std::int64_t visible, std::int64_t reasoning, AttemptRow& row) const;

  // The input alone: what an answer costs that was lost.
  void measure_lost(AttemptRow& row) const { measure(std::nullopt, 0, 0, row); }

 private:
  void add_untold(Usage& usage, bool told) const;
  void bill(AttemptRow& row) const;

  Exchange* x_;
  const Target* target_;
  const Price* price_;  // null: unpriced, cost 0
  Terms terms_;
};

// What the catalogue knows of a target's model; null when nothing.
const Model* model_of(const Exchange& exchange, const Target& target);

// The price of a target at the time of the call; null when it has none.
const Price* price_of(const Exchange& exchange, const Target& target);

// What is paid of it by contract.
Terms terms_of(const Exchange& exchange, const Target& target);

// An estimate of the request's input.
Tokens estimated_input(const Exchange& exchange);

}  // namespace tollgate
