#pragma once
// What `keys create` says about a key, from the words of its options. Pure.
//
//   --team search --user alice --feature faq --tags env=dev,cost=4711
//   --models gpt-4o,claude-*  --may-set user,feature  --expires 2027-01-01  --allow-from 10.0.0.0/8
//   --limit usd=50/month --limit usd=5/day
//
// Errors are invalid_request and name the option.

#include <string_view>
#include <vector>

#include "app/command_line.h"
#include "base/result.h"
#include "storage/keys/key_file.h"

namespace tollgate {

// `now`: a key that has ended already is refused.
Result<KeySettings> key_settings_of(const CommandLine& line, WallTime now);

// `usd=50/month`: a measure, an amount and a calendar window. Only `usd` is there yet.
Result<StoredLimit> parse_limit(std::string_view text);

// No two limits of one measure and window: they would be one limit with two amounts.
Result<std::vector<StoredLimit>> parse_limits(const std::vector<std::string>& texts);

}  // namespace tollgate
