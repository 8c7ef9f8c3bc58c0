#include "gateway/steps/weigh.h"

#include <algorithm>

#include "gateway/attempts/language.h"
#include "gateway/steps/traits.h"
#include "routing/difficulty.h"

namespace tollgate {
namespace {

// A conversation of more is not looked at any further, and stays where it was last: with the capable.
constexpr std::size_t questions_max = 64;
constexpr std::size_t bytes_max = 64 * 1024;

Difficulty forced(float threshold, bool capable, std::string_view reason) { return {capable ? 1.0f : 0.0f, threshold, reason}; }

Difficulty of_text(const ChatRequest& chat, float threshold) {
  const DifficultyModel& model = DifficultyModel::shipped();
  std::size_t questions = 0, bytes = 0;
  float score = 0;
  for (const Message& message : chat.messages) {
    if (message.role != Role::user) continue;
    for (const Part& part : message.parts) {
      const Text* text = part.as<Text>();
      if (text == nullptr) continue;
      bytes += text->text.size();
      if (++questions > questions_max || bytes > bytes_max) return forced(threshold, true, "it is long");
      score = std::max(score, model.score(text->text));
    }
  }
  return {score, threshold, questions > 1 ? "the hardest of its questions" : "its text"};
}

Difficulty of_call(Exchange& x) {
  const DifficultyConfig& config = x.route->difficulty;
  constexpr float whole = 10'000;
  float threshold = DifficultyModel::shipped().threshold(static_cast<float>(config.quality.basis_points) / whole);
  if (x.hint) return forced(threshold, *x.hint == ModelTier::capable, "the caller's hint");
  bool chat = x.door.operation == Operation::chat || x.door.operation == Operation::completions;
  if (!chat) return forced(threshold, true, "it is no chat");
  auto read = middle_form(x);
  if (!read) return forced(threshold, true, "it cannot be read");
  for (CallTrait trait : config.always_capable)
    if (has_trait(x, **read, trait)) return forced(threshold, true, setting_names(trait)[static_cast<std::size_t>(trait)]);
  return of_text(**read, threshold);
}

}  // namespace

void weigh(Exchange& x) {
  if (x.route->strategy == Strategy::difficulty && !x.difficulty) x.difficulty = of_call(x);
}

}  // namespace tollgate
