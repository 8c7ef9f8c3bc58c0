#include "mock/bill.h"

#include <array>

#include "json/write.h"
#include "mock/fingerprint.h"

namespace tollgate::mock {
namespace {

constexpr std::string_view others = "(others)";

void add_to(Bill::Sums& sums, const TokenCounts& counts) {
  ++sums.requests;
  sums.input += counts.input;
  sums.cached += counts.cached;
  sums.output += counts.output;
  sums.reasoning += counts.reasoning;
}

std::string as_name(std::string_view name) { return std::string(name); }
std::uint64_t as_name(std::uint64_t name) { return name; }

template <class Map, class Name>
Bill::Sums& sums_of(Map& map, Name name, Name otherwise) {
  auto found = map.find(name);
  if (found != map.end()) return found->second;
  return map[as_name(map.size() < Bill::max_names ? name : otherwise)];
}

const std::string& text_of(const std::string& name) { return name; }
std::string text_of(std::uint64_t name) { return fingerprint_text(name); }

void write_sums(json::Writer& writer, const Bill::Sums& sums) {
  writer.member("requests", sums.requests).member("input_tokens", sums.input).member("cached_tokens", sums.cached);
  writer.member("output_tokens", sums.output).member("reasoning_tokens", sums.reasoning);
}

template <class Map>
void write_map(json::Writer& writer, std::string_view name, const Map& map) {
  writer.key(name).begin_object();
  for (const auto& [entry, sums] : map) {
    writer.key(text_of(entry)).begin_object();
    write_sums(writer, sums);
    writer.end_object();
  }
  writer.end_object();
}

}  // namespace

std::string_view to_string(Outcome outcome) {
  constexpr std::array<std::string_view, 3> names = {"whole", "aborted", "broken"};
  return names[static_cast<std::size_t>(outcome)];
}

void append_bill_line(std::string& out, const BillLine& line) {
  json::Writer writer(out);
  writer.begin_object().member("number", line.number).member("model", line.model);
  writer.member("key", fingerprint_text(line.key)).member("input_tokens", line.counts.input);
  writer.member("cached_tokens", line.counts.cached).member("output_tokens", line.counts.output);
  writer.member("reasoning_tokens", line.counts.reasoning).member("outcome", to_string(line.outcome)).end_object();
  out += '\n';
}

void Bill::add(const BillLine& line) {
  add_to(total_, line.counts);
  add_to(sums_of(by_model_, line.model, others), line.counts);
  add_to(sums_of(by_key_, line.key, std::uint64_t{0}), line.counts);
  aborted_ += line.outcome == Outcome::aborted;
  broken_ += line.outcome == Outcome::broken;
}

void Bill::append_json(std::string& out) const {
  json::Writer writer(out);
  writer.begin_object();
  write_sums(writer, total_);
  writer.member("aborted", aborted_).member("broken", broken_).member("unbilled", unbilled_);
  write_map(writer, "by_model", by_model_);
  write_map(writer, "by_key", by_key_);
  writer.end_object();
}

}  // namespace tollgate::mock
