#pragma once
// Compares what our attempts used with what a provider says: by day (UTC), key and model, as far as the export tells them.
//
// Ours are the attempts, not the rows: what the provider saw, lost answers and shadows included. An export that names no
// keys (or no models) is compared over all of them together.

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "base/settings.h"
#include "base/text.h"
#include "reporting/provider_export.h"

namespace tollgate {

struct DriftPlace {
  std::int64_t day = 0;
  std::string key{}, model{};
  friend auto operator<=>(const DriftPlace&, const DriftPlace&) = default;
};

struct ReconcileOptions {
  Percent tolerance{};       // of what the provider says
  TextMap<std::string> keys{};  // id in the export -> name of our credential; others stand for themselves
};

enum class DriftKind : std::uint8_t { differs, only_ours, only_theirs };
constexpr std::string_view to_string(DriftKind kind) {
  constexpr std::string_view names[] = {"differs", "only_ours", "only_theirs"};
  return names[static_cast<std::size_t>(kind)];
}

struct DriftLine {
  DriftPlace place{};
  ExportMeasure measure{};
  DriftKind kind{};
  std::int64_t ours = 0, theirs = 0;
  std::int64_t difference() const { return (Money{ours} - Money{theirs}).nano_usd; }
};

struct Reconciliation {
  std::vector<DriftLine> drift{};  // sorted by day, key, model, measure
  std::size_t compared = 0;        // places
  UsageSums ours{}, theirs{};      // of all days
};

// Takes our attempts one by one, then compares.
class Reconciler {
 public:
  // The export must outlive it.
  Reconciler(const ProviderExport& theirs, ReconcileOptions options);

  bool covers(std::int64_t day) const { return day >= theirs_.first_day && day <= theirs_.last_day; }
  // Days that the export does not cover count nothing.
  void add_ours(std::int64_t day, std::string_view key, std::string_view model, const UsageSums& sums);
  Reconciliation compare() const;

 private:
  struct Sides {
    UsageSums ours{}, theirs{};
    std::int64_t attempts = 0, lines = 0;
  };
  std::map<DriftPlace, Sides> sides() const;
  bool drifts(const Sides& sides, ExportMeasure measure) const;

  const ProviderExport& theirs_;
  ReconcileOptions options_;
  std::map<DriftPlace, Sides> ours_;
};

// The model's name without what marks a snapshot: a provider tells `gpt-4o-2024-08-06` where it was asked for `gpt-4o`.
// Empty: there is no such mark.
std::string_view model_without_snapshot(std::string_view name);

}  // namespace tollgate
