#pragma once
// The one file that turns an Error into an HTTP answer. The envelope's words are the dialect's.

#include <functional>

#include "api/answer_fields.h"
#include "base/error.h"
#include "dialects/openai_chat/openai_chat.h"
#include "net/http_exchange.h"

namespace tollgate {

// What else the head of an error answer says.
using MoreFields = std::function<void(AnswerFields& fields)>;

// `row` is null for what could not be identified: then only `id` is told, when there is one. `dialect` is the caller's; where the
// path belongs to none, OpenAI's.
Task<void> reply_error(http::ServerExchange& exchange, const Error& error, RequestId id, const RequestRow* row,
                       const Dialect& dialect = openai_chat::dialect(), MoreFields more = {});

int status_of(const Error& error);

// The error of an HTTP refusal, so that it is told in the same words.
Error error_of(const http::Refusal& refusal);

}  // namespace tollgate
