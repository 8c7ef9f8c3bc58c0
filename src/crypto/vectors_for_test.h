#pragma once
// Reads the known-answer files of C2SP Wycheproof for tests, flat: each test becomes a map of its text and number
// fields, with those of its group beside them. Enough JSON for these files and no more (crypto/ stands beside json/,
// not above it).

#include <gtest/gtest.h>

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/text.h"

namespace tollgate::crypto {

struct Vector {
  std::map<std::string, std::string> fields;
  std::string text(const std::string& name) const {
    auto at = fields.find(name);
    return at == fields.end() ? "" : at->second;
  }
  std::string bytes(const std::string& name) const { return unhex(text(name)).value_or("not hexadecimal"); }
  bool valid() const { return text("result") == "valid"; }  // "acceptable" counts as reject
  std::string id() const { return "tcId " + text("tcId") + " " + text("comment"); }
};

inline std::string vectors_folder() {
  const char* shared = std::getenv("TOLLGATE_SHARED");
  return std::string(shared ? shared : TOLLGATE_SOURCE_DIR "/../shared") + "/badinput/wycheproof/";
}

// Every test ends with its "result", so a result closes the case that was being read.
inline std::vector<Vector> read_vectors(const std::string& file) {
  std::ifstream in(vectors_folder() + file);
  std::stringstream all;
  all << in.rdbuf();
  std::string text = all.str();
  auto string_at = [&](std::size_t& at) {  // at the opening quote; afterwards behind the closing one
    std::string out;
    for (++at; at < text.size() && text[at] != '"'; ++at) {
      if (text[at] == '\\') ++at;
      out += text[at];
    }
    ++at;
    return out;
  };
  auto skip_blanks = [&](std::size_t& at) {
    while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at]))) ++at;
  };
  std::vector<Vector> vectors;
  Vector current;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '"') {
      ++at;
      continue;
    }
    std::string name = string_at(at);
    skip_blanks(at);
    if (at >= text.size() || text[at] != ':') continue;  // a string inside a list
    skip_blanks(++at);
    if (text[at] == '"') {
      current.fields[name] = string_at(at);
    } else {
      std::string word;
      while (at < text.size() && std::isalnum(static_cast<unsigned char>(text[at]))) word += text[at++];
      if (!word.empty()) current.fields[name] = word;
    }
    if (name == "result") vectors.push_back(current);
  }
  return vectors;
}

#define TG_VECTORS_OR_SKIP(name, file)                \
  auto name = ::tollgate::crypto::read_vectors(file); \
  if (name.empty()) GTEST_SKIP() << vectors_folder() << file << " is not here; set TOLLGATE_SHARED"

}  // namespace tollgate::crypto
