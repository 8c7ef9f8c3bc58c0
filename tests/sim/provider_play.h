#pragma once
// What a simulated provider does with one request, drawn from the seed: an answer as steps of bytes, and perhaps a
// fault that cuts, spoils or delays it. No I/O here.

#include <string>
#include <vector>

#include "async/random.h"
#include "sim/story.h"

namespace tollgate::sim {

struct Question {
  std::string mark;
  std::string model;
  Wanted wanted = Wanted::chat;
  bool usage_asked = false;
  std::int64_t prompt_most = 1;  // no honest provider counts more tokens than bytes
  std::int64_t output_most = 1;
};
// Reads a request's body as our clients and the gateway's splices write it.
Question read_question(std::string_view path, std::string_view body);

struct Step {
  Duration pause{};  // before it
  std::string bytes;
};

enum class After : std::uint8_t {
  keep,   // the next request may come
  close,  // in order
  reset,
  silence,  // holds the connection and says nothing more
};

struct Play {
  std::vector<Step> steps;
  After after = After::keep;
  // What is true of it.
  int status = 200;
  std::optional<Told> told;
  std::string text;
  bool sound = true;
  bool spoiled = false;    // something in the middle of it is no answer
  bool shortened = false;  // a stream that ends in order, and too early
};

// `fault_permille`: how many of a thousand requests meet a fault.
Play draw_play(const Question& question, std::uint64_t fault_permille, Random& random);

}  // namespace tollgate::sim
