#include "dialects/body_view.h"

#include "dialects/fields.h"

namespace tollgate {

using json::Kind;
using json::Value;

Result<CallView> view_of_body(const IncomingCall& call) {
  TG_TRY(root, scan_body(call.body));
  CallView view{.operation = call.operation, .body = call.body, .root = root, .model_value = field_of(root, "model")};
  if (view.model_value.is(Kind::null)) return missing_field("model");
  TG_TRY_VOID(check_string("model", view.model_value, max_model_name_bytes));
  view.model = view.model_value.string().value_or("");
  if (view.model.empty()) return bad_field("model", "invalid_value", "'model' is empty");
  Value stream = field_of(root, "stream");
  if (stream.is(Kind::null)) return view;
  TG_TRY(yes, check_boolean("stream", stream));
  view.stream = yes && (call.operation == Operation::chat || call.operation == Operation::completions);
  return view;
}

}  // namespace tollgate
