#pragma once
// How many tokens a call's input has at a target: exact where the model's encoding is public and the input is text, else an estimate that
// follows what the provider reports, between a median to show and a bound to reserve.

#include "gateway/exchange.h"

namespace tollgate {

// Counts once for each call and kind of tokenizer; a text that this thread counted lately is known again.
const InputCount& counted_input(Exchange& exchange, const Target& target);

// The same of a body that is no call of ours. `calibration` may be null; so may `tokenizer`, the operator's for this model.
InputCount count_prompt(const CallView& call, std::string_view model, const Calibration* calibration, const TokenizerFile* tokenizer = nullptr);

// The operator's tokenizer for the model that a target has, or that the caller named. Null: none.
std::shared_ptr<const TokenizerFile> tokenizer_for(const Snapshot& snapshot, const Target& target, std::string_view model);

// What the provider reported beside what was estimated.
void learn_input(Exchange& exchange, const Target& target, const Usage& reported);

}  // namespace tollgate
