#include "storage/correction_check.h"

#include <fmt/format.h>

#include "base/ids.h"
#include "base/money.h"
#include "domain/ledger_row.h"

namespace tollgate {
namespace {

// In all that sums go by.
bool same_place(const RequestRecord& a, const RequestRecord& b) {
  return a.at_ns == b.at_ns && a.user == b.user && a.key == b.key && a.team == b.team && a.feature == b.feature &&
         a.tags == b.tags && a.route == b.route && a.provider == b.provider && a.model == b.model;
}

std::int64_t sum(std::int64_t a, std::int64_t b) { return (Money{a} + Money{b}).nano_usd; }

}  // namespace

void CorrectionCheck::add(const RequestRecord& correction) {
  auto [place, fresh] = corrected_.try_emplace(correction.corrects);
  Corrected& corrected = place->second;
  if (fresh) corrected.correction = correction;
  corrected.equal = corrected.equal && same_place(corrected.correction, correction);
  corrected.cost_nano_usd = sum(corrected.cost_nano_usd, correction.cost_nano_usd);
}

void CorrectionCheck::meet(const RequestRecord& row) {
  auto found = corrected_.find(row.id);
  if (found == corrected_.end() || row.origin == static_cast<std::uint8_t>(RowOrigin::correction)) return;
  Corrected& corrected = found->second;
  corrected.met = true;
  corrected.equal = corrected.equal && same_place(corrected.correction, row);
  corrected.cost_nano_usd = sum(corrected.cost_nano_usd, row.cost_nano_usd);
}

void CorrectionCheck::each_fault(bool retired, const std::function<void(std::string)>& tell) const {
  for (const auto& [id, corrected] : corrected_) {
    if (!corrected.met) {
      if (!retired) tell(fmt::format("{}: is corrected, but has no row", to_string(id)));
      continue;
    }
    if (!corrected.equal) tell(fmt::format("{}: a correction has other names or another time than its row", to_string(id)));
    if (corrected.cost_nano_usd < 0)
      tell(fmt::format("{}: costs {} nano-USD with its corrections", to_string(id), corrected.cost_nano_usd));
  }
}

}  // namespace tollgate
