#pragma once
// A Converse call in the middle form, and back.

#include "dialects/dialect.h"

namespace tollgate::bedrock_converse {

ChatRequest read_chat_request(const CallView& view);
Result<WrittenRequest> write_chat_request(const ChatRequest& request, const TargetWays& ways);

// /model/{model}/converse or …/converse-stream, the model percent-encoded.
std::string path_of(std::string_view model, bool stream);
// /model/{model}/invoke
std::string invoke_path_of(std::string_view model);

}  // namespace tollgate::bedrock_converse
