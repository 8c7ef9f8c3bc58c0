#pragma once
// A script being played: which rule a call meets, with the turns that each rule has had. The random numbers are the
// script's own, so the same calls in the same order always meet the same rules.

#include <vector>

#include "async/random.h"
#include "mock/question.h"
#include "mock/script.h"
#include "net/http1/head.h"

namespace tollgate::mock {

class Playbook {
 public:
  explicit Playbook(Script script);

  // Never null: a rule without actions stands for the ordinary answer. Lives as long as the playbook.
  const Rule& choose(const Question& question, const http::RequestHead& head, std::string_view path);
  // For paths without a model: only rules that name the path fit.
  const Rule& choose(const http::RequestHead& head, std::string_view path);

  // The pause before a piece of content.
  Duration before_piece(const Rule& rule);

  // Whether the script accepts this credential, or serves this model.
  bool accepts(std::string_view key) const;
  bool serves(std::string_view model) const;
  const Script& script() const { return script_; }

 private:
  struct Turns {
    std::int64_t fitted = 0, taken = 0;
  };
  bool take_turn(const Rule& rule, Turns& turns);

  Script script_;
  std::vector<Turns> turns_;  // of the rule at the same index
  SeededRandom random_;
  Rule ordinary_;
};

}  // namespace tollgate::mock
