#include "storage/sqlite/grouped_sums.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace tollgate {
namespace {

constexpr std::string_view tag_prefix = "tags.";
using Meaning = SumDimension::Meaning;

std::size_t place_of(std::string_view column) {
  return static_cast<std::size_t>(std::ranges::find(rollup_names, column) - std::begin(rollup_names));
}

std::string text_of(const SumDimension& dimension, std::int64_t value, const Dictionary& names) {
  switch (dimension.meaning) {
    case Meaning::word: return names.word_text(static_cast<std::uint32_t>(value));
    case Meaning::person: return names.person_text(static_cast<std::uint64_t>(value));
    case Meaning::status: return std::string(to_string(static_cast<RowStatus>(std::clamp<std::int64_t>(value, 0, 4))));
    case Meaning::tag: break;
  }
  for (const auto& [name, text] : names.tags_of(static_cast<std::uint32_t>(value)))
    if (name == dimension.tag) return text;
  return {};
}

// The texts of one dimension, each looked up once.
class Texts {
 public:
  Texts(const SumDimension& dimension, const Dictionary& names) : dimension_(dimension), names_(names) {}
  const std::string& of(std::int64_t value) {
    auto [known, fresh] = known_.try_emplace(value);
    if (fresh) known->second = text_of(dimension_, value, names_);
    return known->second;
  }

 private:
  const SumDimension& dimension_;
  const Dictionary& names_;
  std::unordered_map<std::int64_t, std::string> known_;
};

Sum sum_of(const SumNumbers& numbers) {
  Sum sum;
  const std::int64_t* next = numbers.data() + 1;  // behind the count of rows
  sum.requests = *next++;
  sum.refused = *next++;
  Usage& usage = sum.usage;
  for (Tokens* tokens : {&usage.input, &usage.cache_read, &usage.cache_write_5m, &usage.cache_write_1h, &usage.audio_input,
                         &usage.output, &usage.reasoning, &usage.audio_output})
    tokens->count = *next++;
  usage.image_count = *next++;
  sum.cost = {*next++};
  sum.saved = {*next++};
  return sum;
}

}  // namespace

Result<SumDimension> sum_dimension(std::string_view name) {
  if (name.starts_with(tag_prefix) && name.size() > tag_prefix.size())
    return SumDimension{place_of("tags"), Meaning::tag, std::string(name.substr(tag_prefix.size()))};
  if (name == "user") return SumDimension{place_of("user"), Meaning::person};
  if (name == "status") return SumDimension{place_of("status"), Meaning::status};
  if (name == "price_id") name = "price";
  std::size_t place = name == "tags" ? std::size(rollup_names) : place_of(name);
  if (place < std::size(rollup_names)) return SumDimension{place, Meaning::word};
  return fail(Fault::invalid_request, fmt::format("cannot sum by `{}`", name), "by");
}

std::size_t GroupedSums::Hash::operator()(const Key& key) const {
  std::uint64_t hash = static_cast<std::uint64_t>(key.bucket);
  for (std::size_t i = 0; i < used; ++i) {
    hash = (hash ^ static_cast<std::uint64_t>(key.values[i])) * 0x9E3779B97F4A7C15;
    hash ^= hash >> 32;
  }
  return hash;
}

Result<void> GroupedSums::add(std::int64_t bucket, const Values& values, const SumNumbers& numbers) {
  Key key{bucket, values};
  if (last_ == nullptr || !(last_->first == key)) last_ = &*groups_.try_emplace(key).first;
  tollgate::add(last_->second, numbers);
  if (groups_.size() > max_sum_rows)
    return fail(Fault::invalid_request, "too many sums: ask for fewer names or a shorter time", "by");
  return {};
}

Sums GroupedSums::result(const Dictionary& names, const Label& label) const {
  std::vector<Texts> texts;
  for (const auto& dimension : dimensions_) texts.emplace_back(dimension, names);
  std::map<std::pair<std::int64_t, std::vector<std::string>>, SumNumbers> named;
  SumNumbers total{};
  for (const auto& [key, numbers] : groups_) {
    std::vector<std::string> place;
    for (std::size_t i = 0; i < texts.size(); ++i) place.push_back(texts[i].of(key.values[i]));
    tollgate::add(named[{key.bucket, std::move(place)}], numbers);
    tollgate::add(total, numbers);
  }
  Sums sums;
  sums.rows.reserve(named.size());
  std::int64_t bucket = 0;
  std::string words;
  for (const auto& [place, numbers] : named) {
    if (sums.rows.empty() || place.first != bucket) words = label(bucket = place.first);
    sums.rows.push_back({place.second, words, sum_of(numbers)});
  }
  sums.total = sum_of(total);
  return sums;
}

}  // namespace tollgate
