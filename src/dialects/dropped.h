#pragma once
// What of a request its target cannot be told, by the names that x-tollgate-dropped uses: each once, in order of the alphabet.

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "domain/chat_request.h"

namespace tollgate {

class Dropped {
 public:
  void add(std::string name) { names_.push_back(std::move(name)); }
  void add_if(bool said, std::string_view name) {
    if (said) add(std::string(name));
  }
  // Those of these settings that the caller said. REQUIRES: names that the table in dropped.cpp has.
  void add_said(const ChatRequest& request, std::initializer_list<std::string_view> settings);
  std::vector<std::string> take();

 private:
  std::vector<std::string> names_;
};

}  // namespace tollgate
