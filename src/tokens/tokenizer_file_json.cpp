#include "tokens/tokenizer_file_json.h"

#include <fmt/format.h>

namespace tollgate::tokenizer_json {

std::unexpected<Error> bad(std::string_view where, std::string_view what) { return fail(Fault::invalid_request, fmt::format("{}: {}", where, what)); }

json::Value part(const json::Value& object, std::string_view name) { return json::find(object, name).value_or(json::Value{}); }

std::string text(const json::Value& object, std::string_view name) { return part(object, name).string().value_or(""); }

bool flag(const json::Value& object, std::string_view name, bool otherwise) { return part(object, name).boolean().value_or(otherwise); }

}  // namespace tollgate::tokenizer_json
