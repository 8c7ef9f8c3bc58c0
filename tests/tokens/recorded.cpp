// For tests/tokens/: counts the prompts of calls as the gateway does, in order, and learns from each what its provider reported.
//
// Standard input: a line for each call, {"target": TEXT, "model": TEXT, "dialect": TEXT, "reported": N, "body": {…}}; calls of one target teach
// each other. Standard output: a line for each: tokens without anything learned, with it, the bound, and whether they are exact (1 or 0); or `-`
// and why the body was refused.
#include <fmt/format.h>

#include <iostream>
#include <map>
#include <string>

#include "dialects/all.h"
#include "dialects/fields.h"
#include "gateway/counted_input.h"
#include "json/scan.h"
#include "tokens/calibration.h"

using namespace tollgate;

namespace {

std::map<std::string, Calibration> calibrations;

std::string counted(std::string_view line) {
  auto scanned = json::scan(line);
  if (!scanned) return "- no JSON";
  const json::Value root = *scanned;
  const Dialect* language = find_dialect(text_field(root, "dialect"));
  if (language == nullptr) return "- no such dialect";
  std::string model = text_field(root, "model");
  json::Value body = field_of(root, "body");
  auto call = language->view({.operation = Operation::count_tokens, .body = body.raw, .path_model = model});
  if (!call) return "- " + call.error().detail;
  Calibration& calibration = calibrations[text_field(root, "target")];
  InputCount first = count_prompt(*call, model, nullptr), later = count_prompt(*call, model, &calibration);
  // As learn_input() does.
  if (later.estimated > 0 && later.only_text) calibration.saw(later.estimated, field_of(root, "reported").integer().value_or(0));
  return fmt::format("{} {} {} {}", first.tokens.count, later.tokens.count, first.bound.count, first.exact ? 1 : 0);
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) std::cout << counted(line) << '\n';
}
