#pragma once
// Google's schema language as JSON Schema.
//
// Google's is a cut of OpenAPI 3.0: types in capitals (STRING), `nullable`, and whole numbers as strings ("minItems": "3"). In the
// middle form schemas are JSON Schema, and Google takes that too, in fields of its own (parametersJsonSchema, responseJsonSchema).
// Source: the API's description, schema `Schema`, revision 20251218.

#include <string>

#include "json/value.h"

namespace tollgate::gemini {

// What is JSON Schema already comes out equal in meaning. Names of properties are never touched.
std::string json_schema_of(const json::Value& google_schema);

}  // namespace tollgate::gemini
