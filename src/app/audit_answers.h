#pragma once
// What the admin port tells of the audit log: GET /api/v1/audit and /api/v1/audit/verify. The same as `tollgate audit rows` and
// `verify`, which are told here too.

#include <string>
#include <string_view>

#include "api/admin_port.h"
#include "app/command_line.h"
#include "storage/audit/reader.h"
#include "storage/audit/verify.h"
#include "storage/journal/dictionary.h"

namespace tollgate {

// The options of both, for CommandLine::read: --since --until --key --user --kind --limit --before.
// Errors are invalid_request and name the option.
Result<AuditFilter> audit_filter_of(const CommandLine& line, const Dictionary* names);

// {"events": [LINE…], "next": number of the line to read on from, or null}, newest first; the events alone with format=csv.
Result<AdminAnswer> audit_rows_answer(Disk& disk, const Dictionary& names, ValueSealer& sealer, std::string_view query);
Result<AdminAnswer> audit_verify_answer(Disk& disk, const crypto::PublicKey& key);

// The same columns for every kind of event. `readable` is a line for reading, without its line end.
void append_audit_csv_header(std::string& out);
void append_audit_csv_line(std::string& out, std::string_view readable);

// {"good": …, "lines": …, "fault": {"file", "line", "seq", "fault", "words"} or null}
std::string audit_report_json(const AuditVerifyReport& report);
// The first fault, then a sentence.
std::string audit_report_text(const AuditVerifyReport& report);

}  // namespace tollgate
