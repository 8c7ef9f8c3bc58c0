#pragma once
// Reads the model of a tokenizer.json into a FileBpe.

#include <string>
#include <string_view>

#include "tokens/tokenizer_file_bpe.h"

namespace tollgate {

class FileBpe::Reading {
 public:
  Reading(const json::Value& model, FileBpe& to) : model_(model), to_(to) {}

  Result<void> all();

 private:
  Result<void> check_ways() const;
  Result<void> vocabulary();
  Result<void> unknown();
  Result<void> merges();
  Result<void> merge(std::string_view left, std::string_view right, std::uint32_t rank);
  void bytes();
  void characters();
  void wholes();

  json::Value model_;
  FileBpe& to_;
  FileTokenNames names_;
  bool cuts_ = true;  // whether a piece may be cut where no token goes on
  std::string joined_;
};

// The characters of a UTF-8 text: what is at `at`, which then stands behind it. REQUIRES: valid UTF-8.
char32_t next_character(std::string_view text, std::size_t& at);

// The bytes that a token of a byte-level vocabulary stands for; empty where some character of it stands for none.
std::string file_token_bytes(std::string_view token);

}  // namespace tollgate
