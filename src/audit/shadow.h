#pragma once
// The event of a call that was made once more at a candidate, beside the caller's own (setting `shadow`). Nobody got its answer
// and nobody pays; who asked stands in the request's event, which has the same id.

#include "audit/event.h"

namespace tollgate {

struct AuditShadow {
  const AttemptRow& row;
  std::string_view said{};  // recovered: a start made up for what a crash lost; empty: told when it ended
};

void encode(const AuditShadow& shadow, EncodedEvent& out);

}  // namespace tollgate
