#pragma once
// The declared edits of a pass-through request: the model's name, and the wish for a usage chunk. The original bytes
// stay where they are; what goes upstream is a short list of pieces for one gathered write, so nothing of a body is
// copied (acceptance 13).

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "dialects/openai_chat/request.h"

namespace tollgate::openai_chat {

// At `offset` of the body, `erase` bytes give way to `insert`.
struct Splice {
  std::size_t offset = 0;
  std::size_t erase = 0;
  std::string_view insert;
};

constexpr std::size_t max_splices = 2;

// Ordered by offset, not overlapping. The inserts are views of literals, of the caller's model name, or of `escaped`.
struct Splices {
  std::array<Splice, max_splices> items;
  std::size_t count = 0;
  std::unique_ptr<std::string> escaped;  // only for a model name that JSON must escape

  std::span<const Splice> all() const& { return {items.data(), count}; }
  void all() && = delete;  // the span would outlive the splices
};

enum class AskUsage : bool { no, yes };

// The edits that make `request` one for `upstream_model`; none where it says so already. With AskUsage::yes a stream
// also asks for its usage chunk, inside the client's own stream_options if there are any. `upstream_model` must outlive
// the splices.
Splices declared_edits(const OpenAiRequest& request, std::string_view upstream_model, AskUsage ask);

std::size_t edited_length(std::string_view body, const Splices& splices);

// The edited body in order, without empty pieces.
struct Pieces {
  std::array<std::string_view, 2 * max_splices + 1> items;
  std::size_t count = 0;

  std::span<const std::string_view> all() const& { return {items.data(), count}; }
  void all() && = delete;
};
Pieces edited_pieces(std::string_view body, const Splices& splices);

}  // namespace tollgate::openai_chat
