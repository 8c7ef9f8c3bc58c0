// For tests/tokens/: counts the prompts of calls as the gateway does, in order, and learns from each what its provider reported.
//
// Standard input: a line for each call, {"target": TEXT, "model": TEXT, "dialect": TEXT, "reported": N, "body": {…}}; calls of one target teach
// each other. Standard output: a line for each: tokens without anything learned, with it, the bound, and whether they are exact (1 or 0); or `-`
// and why the body was refused.
//
// With --parts: for tools/tokens/fit.py, of each what the estimator is asked: its row, and the parts that fit.py names.
#include <fmt/format.h>

#include <iostream>
#include <map>
#include <string>

#include "dialects/all.h"
#include "dialects/fields.h"
#include "gateway/counting/prompt_count.h"
#include "json/scan.h"
#include "tokens/calibration.h"
#include "tokens/overrun.h"
#include "tokens/estimator.h"

using namespace tollgate;

namespace {

std::map<std::string, Calibration> calibrations;
std::map<std::string, Overrun> overruns;

std::string parts_of(const CallView& call, std::string_view model) {
  Prompt prompt = estimated_prompt(call);
  return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {}", estimator_row_of(model), prompt.text, prompt.marks.digits, prompt.marks.lines, prompt.tool_text, prompt.other_bytes,
                     prompt.turns + prompt.instructions > 0 ? 1 : 0, prompt.turns, prompt.instructions, prompt.tools, prompt.tools > 0 ? 1 : 0, prompt.reasons ? 1 : 0,
                     prompt.tools > 0 && prompt.must_call ? 1 : 0);
}

std::string counted(std::string_view line, bool parts) {
  auto scanned = json::scan(line);
  if (!scanned) return "- no JSON";
  const json::Value root = *scanned;
  const Dialect* language = find_dialect(text_field(root, "dialect"));
  if (language == nullptr) return "- no such dialect";
  std::string model = text_field(root, "model");
  json::Value body = field_of(root, "body");
  auto call = language->view({.operation = Operation::count_tokens, .body = body.raw, .path_model = model});
  if (!call) return "- " + call.error().detail;
  if (parts) return parts_of(*call, model);
  Calibration& calibration = calibrations[text_field(root, "target")];
  PromptReader reader{.model = model, .host_prompt = field_of(root, "host_prompt").integer().value_or(0)}, taught = reader;
  Overrun& overrun = overruns[text_field(root, "target")];
  taught.calibration = &calibration;
  taught.overrun = overrun.most();
  InputCount first = count_prompt(*call, reader), later = count_prompt(*call, taught);
  // As learn_input() does.
  std::int64_t reported = field_of(root, "reported").integer().value_or(0);
  calibration.saw(later.estimated, reported);
  if (later.only_text && reported > later.bound.count) overrun.saw(later.overrun, reported - later.bound.count);
  return fmt::format("{} {} {} {}", first.tokens.count, later.tokens.count, later.bound.count, first.exact ? 1 : 0);
}

}  // namespace

int main(int argc, char** argv) {
  bool parts = argc > 1 && std::string_view(argv[1]) == "--parts";
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) std::cout << counted(line, parts) << '\n';
}
