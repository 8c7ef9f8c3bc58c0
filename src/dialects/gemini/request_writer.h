#pragma once
// The middle form as a call of generateContent or streamGenerateContent.
//
// System and developer messages become systemInstruction, wherever they stood. Turns of one side that follow each other become one
// content. A result names the function of the call that it answers. Signatures go only to Gemini models.

#include "dialects/dialect.h"

namespace tollgate::gemini {

// Errors: invalid_request when nothing is left that could be asked.
Result<WrittenRequest> write_chat_request(const ChatRequest& request, const TargetWays& ways);

// "/models/gemini-2.5-flash:generateContent"; the model as it may stand in a path.
std::string path_of(std::string_view model, std::string_view method);

}  // namespace tollgate::gemini
