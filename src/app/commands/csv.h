#pragma once
// Rows as CSV (RFC 4180, but lines end with LF), made from their JSON, so that both have the same fields in the same
// order.
//
// Spreadsheets run a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return as a formula, and names in
// rows are chosen by callers: such texts get a `'` before them. Source: OWASP, "CSV Injection", read 2026-11-22.
// Numbers are ours and stay as they are; null is empty; an object (tags) stands as its JSON, and empty when it has no
// members.

#include <string>
#include <string_view>

namespace tollgate {

// REQUIRES: `row` is one JSON object that our own writer made. Both append a whole line.
void append_csv_header(std::string& out, std::string_view row);
void append_csv_line(std::string& out, std::string_view row);

// One text, escaped and quoted where needed.
void append_csv_text(std::string& out, std::string_view text);

}  // namespace tollgate
