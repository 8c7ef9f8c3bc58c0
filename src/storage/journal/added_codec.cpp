// The bytes of a file of added rows: a head, then each row's fields one after another. Numbers are 64 bits, texts have
// their length before them.
#include <cstring>

#include "storage/journal/added_rows.h"
#include "storage/journal/crc32c.h"

namespace tollgate {
namespace {

constexpr std::uint64_t added_magic = 0x3130444441474754;  // "TGGADD01", which is also the format's version

struct Head {
  std::uint64_t magic = added_magic;
  std::uint64_t crc = 0;  // of all that follows
  std::uint64_t corrections = 0, attempts = 0, imports = 0;
};
constexpr std::size_t crc_end = offsetof(Head, corrections);

// Both directions visit the same fields, so that reading and writing cannot differ.
template <class Usage, class Visit>
void each_usage(Usage& u, Visit& visit) {
  for (auto* tokens : {&u.input, &u.cache_read, &u.cache_write_5m, &u.cache_write_1h, &u.audio_input, &u.output,
                       &u.reasoning, &u.audio_output})
    visit(tokens->count);
  visit(u.image_count);
}

template <class Row, class Visit>
void each_attempt(Row& r, Visit& visit) {
  visit(r.request_id.high), visit(r.request_id.low), visit(r.n), visit(r.provider), visit(r.model), visit(r.key);
  visit(r.region), visit(r.phase), visit(r.http_status), visit(r.error_class), visit(r.started_at.ns);
  visit(r.duration_ms), visit(r.first_token_ms), each_usage(r.usage, visit), visit(r.usage_source);
  visit(r.cost.nano_usd), visit(r.price_id);
}

template <class Row, class Visit>
void each_row(Row& r, Visit& visit) {
  visit(r.id.high), visit(r.id.low), visit(r.at.ns), visit(r.finished_at.ns), visit(r.key), visit(r.attribution.team);
  visit(r.attribution.user), visit(r.attribution.feature), visit.tags(r.attribution.tags), visit(r.route);
  visit(r.endpoint), visit(r.dialect), visit(r.stream), visit(r.provider), visit(r.model), visit(r.region);
  visit(r.status), visit(r.http_status), visit(r.error_code), visit(r.attempts), each_usage(r.usage, visit);
  visit(r.usage_source), visit(r.cost.nano_usd), visit(r.saved.nano_usd), visit(r.price_id), visit(r.cache);
  visit(r.first_token_ms), visit(r.duration_ms), visit(r.origin), visit(r.corrects.high), visit(r.corrects.low);
}

class Out {
 public:
  explicit Out(std::string& bytes) : bytes_(bytes) {}
  template <class T>
  void operator()(const T& number) {
    auto wide = static_cast<std::uint64_t>(number);
    bytes_.append(reinterpret_cast<const char*>(&wide), sizeof wide);
  }
  void operator()(const std::string& text) {
    (*this)(text.size());
    bytes_ += text;
  }
  void tags(const Tags& tags) {
    (*this)(tags.size());
    for (const auto& [name, value] : tags) (*this)(name), (*this)(value);
  }
  void record(const RequestRecord& record) { bytes_.append(reinterpret_cast<const char*>(&record), sizeof record); }

 private:
  std::string& bytes_;
};

// Beyond the end everything is zero, and `whole` is false.
class In {
 public:
  explicit In(std::string_view bytes) : bytes_(bytes) {}
  template <class T>
  void operator()(T& number) {
    std::uint64_t wide = 0;
    take(&wide, sizeof wide);
    number = static_cast<T>(wide);
  }
  void operator()(std::string& text) {
    std::uint64_t size = 0;
    (*this)(size);
    if (size > bytes_.size()) return void(whole_ = false);
    text.assign(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
  }
  void tags(Tags& tags) {
    std::uint64_t count = 0;
    (*this)(count);
    for (; count > 0 && whole_; --count) {
      std::string name, value;
      (*this)(name), (*this)(value);
      tags.emplace_back(std::move(name), std::move(value));
    }
  }
  void record(RequestRecord& record) { take(&record, sizeof record); }
  bool whole() const { return whole_; }
  bool at_end() const { return whole_ && bytes_.empty(); }

 private:
  void take(void* into, std::size_t size) {
    if (size > bytes_.size()) return void(whole_ = false);
    std::memcpy(into, bytes_.data(), size);
    bytes_.remove_prefix(size);
  }

  std::string_view bytes_;
  bool whole_ = true;
};

}  // namespace

std::string encode(const AddedRows& rows) {
  Head head{.corrections = rows.corrections.size(), .attempts = rows.attempts.size(), .imports = rows.imports.size()};
  std::string bytes(sizeof head, '\0');
  Out out(bytes);
  for (const auto& one : rows.corrections) out.record(one.record), out(one.price_id);
  for (const auto& one : rows.attempts) each_attempt(one, out);
  for (const auto& one : rows.imports) each_row(one, out);
  std::memcpy(bytes.data(), &head, sizeof head);
  head.crc = crc32c(bytes.data() + crc_end, bytes.size() - crc_end);
  std::memcpy(bytes.data(), &head, sizeof head);
  return bytes;
}

std::optional<AddedRows> decode_added_rows(std::string_view bytes) {
  Head head;
  if (bytes.size() < sizeof head) return std::nullopt;
  std::memcpy(&head, bytes.data(), sizeof head);
  bool known = head.magic == added_magic && head.crc == crc32c(bytes.data() + crc_end, bytes.size() - crc_end);
  bool few = head.corrections <= added_rows_max && head.attempts <= added_rows_max && head.imports <= added_rows_max;
  if (!known || !few) return std::nullopt;
  AddedRows rows;
  In in(bytes.substr(sizeof head));
  for (std::uint64_t i = 0; i < head.corrections && in.whole(); ++i) {
    auto& one = rows.corrections.emplace_back();
    in.record(one.record), in(one.price_id);
  }
  for (std::uint64_t i = 0; i < head.attempts && in.whole(); ++i) each_attempt(rows.attempts.emplace_back(), in);
  for (std::uint64_t i = 0; i < head.imports && in.whole(); ++i) each_row(rows.imports.emplace_back(), in);
  return in.at_end() ? std::optional(std::move(rows)) : std::nullopt;
}

}  // namespace tollgate
