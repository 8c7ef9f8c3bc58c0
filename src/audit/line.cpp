#include "audit/line.h"

#include <charconv>

#include "audit/event.h"
#include "base/text.h"
#include "json/write.h"

namespace tollgate {
namespace {

constexpr std::string_view domain = "tollgate audit line 1\n";
constexpr std::size_t digits = 64;  // of a hash
constexpr std::string_view prev_mark = ",\"prev\":\"";
constexpr std::string_view hash_mark = ",\"hash\":\"";
constexpr std::string_view hash_end = "\"}";
constexpr std::size_t prev_bytes = prev_mark.size() + digits + 1;
constexpr std::size_t hash_bytes = hash_mark.size() + digits + hash_end.size();

crypto::Digest hash_over(std::string_view covered) {
  crypto::Sha256 hash;
  hash.add(domain);
  hash.add(covered);
  return hash.finish();
}

void append_personal(std::string& out, const AuditPersonal& personal) {
  out += ",\"personal\":";
  json::Writer writer(out);
  writer.begin_object();
  if (personal.person != 0) writer.member("person", pseudonym(personal.person));
  if (personal.sealed.empty()) {
    writer.member("lost", true);
  } else {
    writer.member("sealed", personal.sealed);
  }
  writer.end_object();
}

// Takes what stands next off the front of a line.
class Front {
 public:
  explicit Front(std::string_view line) : rest_(line) {}
  bool word(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  bool number(std::uint64_t& out) {
    auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), out);
    if (error != std::errc()) return false;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return true;
  }
  bool quoted(std::string_view& out) {
    std::size_t end = rest_.starts_with('"') ? rest_.find('"', 1) : std::string_view::npos;
    if (end == std::string_view::npos) return false;
    out = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return true;
  }

 private:
  std::string_view rest_;
};

bool read_front(std::string_view covered, AuditLineView& out) {
  Front front(covered);
  std::uint64_t up_ms = 0;
  return front.word("{\"v\":1,\"seq\":") && front.number(out.seq) && front.word(",\"durable\":") &&
         front.number(out.durable) && front.word(",\"at\":") && front.quoted(out.at) && front.word(",\"up_ms\":") &&
         front.number(up_ms) && front.word(",\"kind\":") && front.quoted(out.kind);
}

}  // namespace

crypto::Digest append_audit_line(std::string& out, const AuditLineHead& head, std::string_view members,
                                 const AuditPersonal* personal, const crypto::Digest& prev) {
  const std::size_t begin = out.size();
  json::Writer writer(out);
  writer.begin_object().member("v", 1).member("seq", head.seq).member("durable", head.durable);
  writer.member("at", rfc3339(head.at)).member("up_ms", head.up_ms);
  out += ',';
  out += members.substr(1, members.size() - 2);
  if (personal != nullptr) append_personal(out, *personal);
  out.append(prev_mark).append(hex(crypto::bytes_of(prev))) += '"';
  const crypto::Digest hash = hash_over(std::string_view(out).substr(begin));
  out.append(hash_mark).append(hex(crypto::bytes_of(hash))).append(hash_end) += '\n';
  return hash;
}

std::optional<AuditLineView> read_audit_line(std::string_view line) {
  if (line.size() < prev_bytes + hash_bytes || line.size() >= max_audit_line_bytes) return std::nullopt;
  AuditLineView view;
  view.covered = line.substr(0, line.size() - hash_bytes);
  std::string_view end = line.substr(view.covered.size());
  std::string_view before = view.covered.substr(view.covered.size() - prev_bytes);
  if (!end.starts_with(hash_mark) || !end.ends_with(hash_end)) return std::nullopt;
  if (!before.starts_with(prev_mark) || !before.ends_with('"')) return std::nullopt;
  view.hash = end.substr(hash_mark.size(), digits);
  view.prev = before.substr(prev_mark.size(), digits);
  if (!read_front(view.covered, view)) return std::nullopt;
  return view;
}

crypto::Digest hash_of(const AuditLineView& line) { return hash_over(line.covered); }

}  // namespace tollgate
