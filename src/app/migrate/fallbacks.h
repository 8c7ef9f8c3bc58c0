#pragma once
// LiteLLM's lists of fallbacks: `[{ gpt-4o: [claude, gpt-4o-mini] }]`, one list for each kind of failure.

#include "app/migrate/draft.h"
#include "app/migrate/foreign_file.h"

namespace tollgate {

// Ours follow fallbacks of fallbacks, so what would go in a circle is left out, with a remark.
// REQUIRES: the routes are there.
void read_fallbacks(Draft& draft, ForeignFields& router, ForeignFields& module, Remarks& remarks);

// Adds it unless that would lead in a circle or nowhere; false then.
bool add_fallback(Draft& draft, DraftRoute& from, const std::string& to);

}  // namespace tollgate
