#pragma once
// Calls whose bodies are passed on unread: what the gateway must know of one all the same, and what its answer says that it used.

#include "dialects/dialect.h"

namespace tollgate {

// A call with a body of any type. From JSON and from forms (multipart/form-data) model, number of images, maximum of output and the wish
// for a stream are taken where they stand; the model's name may be absent. Errors: invalid_request, for JSON that is none.
Result<CallView> view_passthrough(std::string_view content_type, std::string_view body);

// A part of a form by its name; empty: there is none, or this is no form.
std::optional<std::string_view> form_field(std::string_view content_type, std::string_view form, std::string_view name);

// Of an answer's JSON, in any of these dialects or in the words of OpenAI's images. Empty: it says nothing.
std::optional<Usage> usage_in(std::span<const Dialect* const> dialects, std::string_view body);

// How many images an answer holds: the elements of `data`.
std::int64_t images_in(std::string_view body);

// The query as it goes to a provider, with its `?`; without a credential of ours (`key=`).
std::string passed_query(std::string_view query);

// A target's path and query behind `/passthrough/NAME`, as they go to a provider.
std::string passed_path(std::string_view target);

}  // namespace tollgate
