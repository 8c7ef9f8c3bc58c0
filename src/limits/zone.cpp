#include "limits/zone.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "base/time.h"
#include "limits/posix_rule.h"

namespace tollgate {
namespace {

constexpr std::size_t max_file_bytes = 256 * 1024;  // the largest of tzdata has 4 KiB
constexpr std::size_t max_name_bytes = 64;
constexpr std::size_t header_bytes = 44;
constexpr std::int64_t last_year = 2262;           // of a WallTime
constexpr std::int64_t widest_offset = 26 * 3600;  // RFC 8536: offsets lie strictly between -25 and 26 hours
constexpr std::int64_t seconds_per_day = 86'400;

std::uint64_t big_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

// The counts of a TZif header, in the order of the file.
struct Header {
  char version;
  std::uint64_t isutc, isstd, leap, times, types, chars;

  std::size_t body_bytes(std::size_t time_bytes) const {
    return times * (time_bytes + 1) + types * 6 + chars + leap * (time_bytes + 4) + isstd + isutc;
  }
};

std::optional<Header> read_header(std::string_view bytes) {
  if (bytes.size() < header_bytes || !bytes.starts_with("TZif")) return std::nullopt;
  auto count = [&](std::size_t i) { return big_endian(bytes, 20 + 4 * i, 4); };
  Header header{bytes[4], count(0), count(1), count(2), count(3), count(4), count(5)};
  for (auto n : {header.isutc, header.isstd, header.leap, header.times, header.types, header.chars})
    if (n > max_file_bytes) return std::nullopt;
  return header;
}

std::optional<std::vector<Zone::Stretch>> read_table(std::string_view body, const Header& header) {
  std::size_t indices = header.times * 8, types = indices + header.times;
  std::vector<std::int64_t> offsets;
  for (std::size_t i = 0; i < header.types; ++i) {
    auto offset = static_cast<std::int32_t>(big_endian(body, types + 6 * i, 4));
    if (offset <= -widest_offset || offset >= widest_offset) return std::nullopt;
    offsets.push_back(offset);
  }
  std::vector<Zone::Stretch> out{{INT64_MIN, offsets[0]}};
  for (std::size_t i = 0; i < header.times; ++i) {
    auto begin = static_cast<std::int64_t>(big_endian(body, 8 * i, 8));
    auto type = static_cast<unsigned char>(body[indices + i]);
    if (type >= offsets.size() || (i > 0 && begin <= out.back().begin)) return std::nullopt;
    out.push_back({begin, offsets[type]});
  }
  return out;
}

// Appends the transitions that the rule makes after the table's last one.
void unroll(const PosixRule& rule, std::vector<Zone::Stretch>& out) {
  std::int64_t last = out.size() > 1 ? out.back().begin : INT64_MIN;
  if (!rule.has_summer) {
    if (out.size() == 1) out.back().offset = rule.standard_offset;
    return;
  }
  std::int64_t first_year = last == INT64_MIN ? 1970 : civil_from_days(last / seconds_per_day).year - 1;
  for (std::int64_t year = first_year; year <= last_year; ++year) {
    Zone::Stretch summer{rule.summer_begins.in_year(year) - rule.standard_offset, rule.summer_offset};
    Zone::Stretch winter{rule.summer_ends.in_year(year) - rule.summer_offset, rule.standard_offset};
    if (winter.begin < summer.begin) std::swap(summer, winter);
    for (const auto& next : {summer, winter})
      if (next.begin > last) out.push_back(next);
  }
}

// Of several stretches that begin at one moment the last one counts (summer time all year is written so).
void drop_empty(std::vector<Zone::Stretch>& stretches) {
  std::vector<Zone::Stretch> kept;
  for (const auto& next : stretches) {
    while (!kept.empty() && kept.back().begin >= next.begin) kept.pop_back();
    if (kept.empty() || kept.back().offset != next.offset) kept.push_back(next);
  }
  stretches = std::move(kept);
}

bool safe_name(std::string_view name) {
  auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '+' || c == '/';
  };
  return !name.empty() && name.size() <= max_name_bytes && name.front() != '/' && name.back() != '/' &&
         std::all_of(name.begin(), name.end(), allowed);
}

std::optional<std::string> read_file(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rbe");
  if (!file) return std::nullopt;
  std::string bytes(max_file_bytes + 1, '\0');
  bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file));
  std::fclose(file);
  return bytes.size() <= max_file_bytes ? std::optional(std::move(bytes)) : std::nullopt;
}

std::unexpected<Error> broken(std::string_view name, std::string_view why) {
  return fail(Fault::invalid_request, fmt::format("time zone {}: {}", name, why), "timezone");
}

}  // namespace

Result<Zone> Zone::parse(std::string_view name, std::string_view tzif) {
  auto first = read_header(tzif);
  if (!first || first->version < '2') return broken(name, "not a TZif file of version 2 or later");
  std::size_t second_at = header_bytes + first->body_bytes(4);
  if (second_at > tzif.size()) return broken(name, "the file is cut");
  std::string_view rest = tzif.substr(second_at);
  auto header = read_header(rest);
  if (!header || header->types == 0) return broken(name, "the second header is wrong");
  rest.remove_prefix(header_bytes);
  if (rest.size() < header->body_bytes(8)) return broken(name, "the file is cut");
  if (header->leap != 0) return broken(name, "it counts leap seconds");
  auto stretches = read_table(rest, *header);
  if (!stretches) return broken(name, "the table is wrong");

  std::string_view footer = rest.substr(header->body_bytes(8));
  if (footer.size() < 2 || footer.front() != '\n' || footer.back() != '\n')
    return broken(name, "the last line is wrong");
  footer = footer.substr(1, footer.size() - 2);
  if (!footer.empty()) {
    auto rule = parse_posix_rule(footer);
    if (!rule) return broken(name, "the rule in the last line is wrong");
    unroll(*rule, *stretches);
  }
  drop_empty(*stretches);
  return Zone(name, std::move(*stretches));
}

Result<std::shared_ptr<const Zone>> Zone::load(std::string_view name, std::string_view directory) {
  if (!safe_name(name)) return broken(name, "no such zone");
  auto bytes = read_file(fmt::format("{}/{}", directory, name));
  if (!bytes && name == "UTC") return std::make_shared<const Zone>(utc());
  if (!bytes) return broken(name, "no such zone (is the package tzdata installed?)");
  TG_TRY(zone, parse(name, *bytes));
  return std::make_shared<const Zone>(std::move(zone));
}

std::size_t Zone::index_at(std::int64_t unix_second) const {
  auto after = std::upper_bound(stretches_.begin(), stretches_.end(), unix_second,
                                [](std::int64_t second, const Stretch& stretch) { return second < stretch.begin; });
  return static_cast<std::size_t>(after - stretches_.begin()) - 1;
}

std::int64_t Zone::first_at_or_after(std::int64_t local) const {
  for (std::size_t i = index_at(local - widest_offset);; ++i) {
    std::int64_t at = std::max(local - stretches_[i].offset, stretches_[i].begin);
    if (i + 1 == stretches_.size() || at < stretches_[i + 1].begin) return at;
  }
}

}  // namespace tollgate
