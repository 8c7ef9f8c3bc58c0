#pragma once
// What a rule answers in the model's place: an error status, a page of HTML, or a body of its own.

#include <string>
#include <string_view>

#include "mock/script.h"

namespace tollgate::mock {

struct Replacement {
  int status = 200;
  std::string_view type;
  std::string body;
};

// Without a body of its own, a status gets the error that OpenAI's API sends with it.
Replacement replacement_of(const Rule& rule);

// OpenAI's envelope of an error.
std::string error_body(std::string_view type, std::string_view code, std::string_view message);

}  // namespace tollgate::mock
