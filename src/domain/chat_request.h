#pragma once
// What a caller asks of a chat model, whatever the dialect. Field names are OpenAI's where it has one: they are also the words in
// which a dropped field is told (x-tollgate-dropped).
//
// Numbers that we only pass on stay JSON text, so that 0.1 stays 0.1. An empty text means that the caller did not say.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/part.h"

namespace tollgate {

enum class Role : unsigned char { system, developer, user, assistant, tool };

struct Message {
  Role role = Role::user;
  std::vector<Part> parts{};  // of role tool: ToolResults only
  std::string name{};         // of the speaker
  friend bool operator==(const Message&, const Message&) = default;
};

struct Tool {
  enum class Kind : unsigned char { function, custom, foreign };
  Kind kind = Kind::function;
  std::string name{};
  std::string description{};
  std::string parameters{};      // JSON Schema of a function's arguments; empty: it takes none
  std::optional<bool> strict{};
  CacheMark cache = CacheMark::none;
  Foreign foreign{};             // a server-side tool, or a custom tool's own form
  friend bool operator==(const Tool&, const Tool&) = default;
};

struct ToolChoice {
  enum class Kind : unsigned char { unsaid, automatic, none, required, named };
  Kind kind = Kind::unsaid;
  std::string name{};  // of `named`
  friend bool operator==(const ToolChoice&, const ToolChoice&) = default;
};

struct OutputFormat {
  enum class Kind : unsigned char { unsaid, text, json, schema };
  Kind kind = Kind::unsaid;
  std::string name{};
  std::string description{};
  std::string schema{};  // JSON
  std::optional<bool> strict{};
  friend bool operator==(const OutputFormat&, const OutputFormat&) = default;
};

// How much a model should think. A dialect that knows efforts gets `effort`, one that knows budgets `budget_tokens`; where the
// caller said the other one, effort_of and budget_of of dialects/reasoning.h translate.
struct ReasoningWish {
  std::string effort{};                       // none minimal low medium high xhigh max
  std::optional<std::int64_t> budget_tokens{};  // 0: no thinking; -1: as the model likes (Gemini)
  std::optional<bool> enabled{};
  std::string summary{};                      // auto concise detailed; of Gemini's includeThoughts: auto
  bool encrypted = false;                     // reasoning items should come encrypted (Responses' include)
  friend bool operator==(const ReasoningWish&, const ReasoningWish&) = default;
};

// A field that the middle form has no word for, as the caller wrote it. It rides along to its own dialect only.
struct ExtraField {
  std::string name{};
  std::string json{};
  friend bool operator==(const ExtraField&, const ExtraField&) = default;
};

struct ChatRequest {
  std::string dialect{};  // that it was read from; whose extras these are
  std::string model{};
  std::vector<Message> messages{};  // system and developer turns stay where they stood
  std::vector<Tool> tools{};
  ToolChoice tool_choice{};
  std::optional<bool> parallel_tool_calls{};
  OutputFormat response_format{};
  ReasoningWish reasoning{};

  std::optional<std::int64_t> max_output{};
  std::optional<std::int64_t> n{};
  std::optional<std::int64_t> seed{};
  std::optional<std::int64_t> top_k{};
  std::string temperature{}, top_p{}, presence_penalty{}, frequency_penalty{};  // JSON numbers
  std::vector<std::string> stop{};
  std::optional<bool> logprobs{};
  std::optional<std::int64_t> top_logprobs{};
  std::string logit_bias{};              // JSON object
  std::string user{};
  std::string metadata{};                // JSON object
  std::string service_tier{};
  std::string verbosity{};               // low medium high
  std::string prompt_cache_key{};
  std::vector<std::string> modalities{};  // text audio image
  std::string audio{};                   // JSON: voice and format of spoken answers, as OpenAI writes it
  std::optional<bool> store{};
  std::string previous_response_id{};    // of Responses
  std::string only_own{};                // a field without which the call means something else and that no other dialect knows

  bool stream = false;
  bool include_usage = false;            // a stream's caller wants its usage
  bool completions = false;              // asked as a text to be continued, not as a chat
  std::vector<ExtraField> extras{};
  friend bool operator==(const ChatRequest&, const ChatRequest&) = default;
};

}  // namespace tollgate
