#include "mock/playbook.h"

#include <algorithm>

#include "base/text.h"

namespace tollgate::mock {
namespace {

bool headers_fit(const Rule& rule, const http::RequestHead& head) {
  return std::all_of(rule.header.begin(), rule.header.end(), [&](const auto& wanted) {
    auto value = head.fields.find(wanted.first);
    return value && matches(wanted.second, *value);
  });
}

bool question_fits(const Rule& rule, const Question& question) {
  if (!matches(rule.model, question.model())) return false;
  if (rule.stream && *rule.stream != question.request.stream) return false;
  return rule.says.empty() || question.last_said.raw.find(rule.says) != std::string_view::npos;
}

}  // namespace

Playbook::Playbook(Script script)
    : script_(std::move(script)), turns_(script_.rules.size()), random_(static_cast<std::uint64_t>(script_.seed)) {}

bool Playbook::take_turn(const Rule& rule, Turns& turns) {
  if (turns.taken >= rule.times) return false;
  if (++turns.fitted % rule.every != 0) return false;
  if (rule.chance < 100 && static_cast<std::int64_t>(random_.below(100)) >= rule.chance) return false;
  ++turns.taken;
  return true;
}

const Rule& Playbook::choose(const Question& question, const http::RequestHead& head, std::string_view path) {
  for (std::size_t i = 0; i < script_.rules.size(); ++i) {
    const Rule& rule = script_.rules[i];
    bool fits =
        (rule.path.empty() || matches(rule.path, path)) && question_fits(rule, question) && headers_fit(rule, head);
    if (fits && take_turn(rule, turns_[i])) return rule;
  }
  return ordinary_;
}

const Rule& Playbook::choose(const http::RequestHead& head, std::string_view path) {
  for (std::size_t i = 0; i < script_.rules.size(); ++i) {
    const Rule& rule = script_.rules[i];
    bool fits = !rule.path.empty() && matches(rule.path, path) && headers_fit(rule, head);
    if (fits && take_turn(rule, turns_[i])) return rule;
  }
  return ordinary_;
}

Duration Playbook::before_piece(const Rule& rule) {
  if (rule.jitter.count() == 0) return rule.chunk;
  return rule.chunk +
         Duration(static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(rule.jitter.count()) + 1)));
}

bool Playbook::accepts(std::string_view key) const {
  return script_.keys.empty() || std::find(script_.keys.begin(), script_.keys.end(), key) != script_.keys.end();
}

bool Playbook::serves(std::string_view model) const {
  auto served = [&](const std::string& pattern) { return matches(pattern, model); };
  return script_.models.empty() || std::any_of(script_.models.begin(), script_.models.end(), served);
}

}  // namespace tollgate::mock
