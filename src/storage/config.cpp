#include "storage/config.h"

namespace tollgate {
namespace {

constexpr Duration day = seconds(86'400);
constexpr Duration longest_keep = 36'500 * day;

}  // namespace

void describe(Fields& fields, LedgerConfig& ledger) {
  fields.add("durability", ledger.durability,
             "What a finished call survives: `power` a power cut, `process` a killed process.");
  fields.add("keep", ledger.keep, "How long rows are kept.")
      .range(day, longest_keep)
      .known_as({"retention", "keep_for"});
  fields.add("journal_max", ledger.journal_max, "Largest journal; when it is full, new calls get 503.")
      .range(mib(64), gib(65'536))
      .known_as({"max_size"});
}

void describe(Fields& fields, AuditConfig& audit) {
  fields.add("keep", audit.keep, "How long audit lines are kept.")
      .range(day, longest_keep)
      .known_as({"retention", "keep_for"});
  fields.add("webhook", audit.webhook, "Where each line is posted, as lines of JSON: a URL, or `env:NAME` or `file:PATH` of one.")
      .max_length(2048)
      .example("https://siem.example/tollgate");
  fields.add("webhook_secret", audit.webhook_secret, "Under `webhook`: signs each post (HMAC-SHA-256).").alternative().example("env:AUDIT_WEBHOOK_SECRET");
  fields.add("syslog", audit.syslog, "Where each line goes as RFC 5424: `udp://HOST:PORT`, `tcp://…`, `tls://…` or `unix:/PATH`.")
      .max_length(1024)
      .example("udp://127.0.0.1:514");
}

}  // namespace tollgate
