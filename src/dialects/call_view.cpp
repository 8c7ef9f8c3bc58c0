#include "dialects/call_view.h"

#include "json/write.h"

namespace tollgate {

void append_model_name(std::string& out, std::string_view model) { json::append_quoted(out, model); }

}  // namespace tollgate
