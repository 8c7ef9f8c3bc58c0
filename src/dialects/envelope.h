#pragma once
// Signed reasoning of one family in another family's place for signatures: "tg1." and base64url of {"o","s","r","i"}: origin,
// signature, redacted text, id. A client sends it back as it came; read, it is what it was.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/part.h"

namespace tollgate {

struct Envelope {
  std::string origin{};
  std::string signature{};
  std::string redacted{};
  std::string id{};
};

std::string seal_envelope(const Envelope& envelope);
// Empty when it is none of ours.
std::optional<Envelope> open_envelope(std::string_view text);

// The signature that stands for this thought where only `native` signatures have a place: its own, or an envelope; empty for neither.
std::string shown_signature(const Reasoning& thought, std::string_view native);
// A thought whose signature is known to stand for; `native` where it is no envelope.
void take_signature(Reasoning& thought, std::string signature, std::string_view native);

// Gemini signs its calls. Where calls have no place for a signature, a thought in front of the call carries it.
Reasoning carried_signature(const ToolCall& call);
// Puts such signatures back onto the calls behind them, and takes their thoughts out.
void join_call_signatures(std::vector<Part>& parts);

}  // namespace tollgate
