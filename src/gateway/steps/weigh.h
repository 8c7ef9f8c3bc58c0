#pragma once
// How hard a chat's questions are, where its route chooses by that (routing/difficulty.h).

#include "gateway/exchange.h"

namespace tollgate {

// Notes the difficulty in the exchange; nothing where the route does not choose by it, or it is known already. The hardest of the user's
// questions counts, so that a conversation only moves up. What is no chat that can be read goes to the capable tier.
void weigh(Exchange& exchange);

}  // namespace tollgate
