#pragma once
// What a path means: a call of a model, the list of models, a control endpoint, or nothing; and who may ask.

#include "mock/player.h"

namespace tollgate::mock {

// Answers one whole request.
Task<After> serve_request(Desk& desk, Player& player, const http::RequestHead& head, std::string_view body);

}  // namespace tollgate::mock
