#pragma once
// The program's own description: as data, from which documents and types are made, and as a page for people. Both say
// the same.
//
//   {"settings": […], "schema": {…}, "metrics": […], "errors": […], "providers": […], "dialects": […],
//    "endpoints": […], "commands": […]}
//
// What the manual names and this build does not have yet is there with "available": false.

#include <string>

namespace tollgate {

std::string description_json();
std::string description_text();

}  // namespace tollgate
