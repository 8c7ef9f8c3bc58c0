#pragma once
// The pieces that a message is made of, in our own terms: what every dialect is read into and written from.
//
// Nothing here is bound to one provider. What only one dialect has words for is a Foreign piece: it goes back to the same dialect
// unchanged and is dropped, by name, on the way to any other. JSON that we do not look into (schemas, arguments) stays text.

#include <string>
#include <variant>
#include <vector>

namespace tollgate {

// Where a prompt cache may end a prefix (Anthropic's cache_control, Bedrock's cachePoint): how long it should last.
enum class CacheMark : unsigned char { none, five_minutes, one_hour };

struct Text {
  std::string text{};
  CacheMark cache = CacheMark::none;
  std::string citations{};      // JSON array as the dialect `citations_from` writes it; empty: none
  std::string citations_from{};
  std::string signature{};      // opaque and Gemini's (thoughtSignature on a text part); see Reasoning
  friend bool operator==(const Text&, const Text&) = default;
};

struct Media {
  enum class Kind : unsigned char { image, audio, document, video };
  enum class Source : unsigned char { url, base64, file_id, text };
  Kind kind = Kind::image;
  Source source = Source::url;
  std::string data{};        // the URL, the base64 text without `data:` prefix, the provider's id of a file, or plain text
  std::string media_type{};  // image/png; empty: not said
  std::string name{};        // of a document
  std::string detail{};      // low, high, auto; empty: not said
  CacheMark cache = CacheMark::none;
  friend bool operator==(const Media&, const Media&) = default;
};

// The model asks for a tool. `arguments` is the JSON text of an object, as the model wrote it ("{}" where it wrote nothing); of a
// custom tool it is free text.
struct ToolCall {
  std::string id{};          // empty where the dialect has none (Gemini, Ollama): a writer that needs one makes it
  std::string name{};
  std::string arguments{};
  bool custom = false;
  std::string signature{};   // opaque and Gemini's (thoughtSignature); see Reasoning
  CacheMark cache = CacheMark::none;
  friend bool operator==(const ToolCall&, const ToolCall&) = default;
};

// What the model thought. Opaque parts are kept byte for byte and go back only to the family that made them (`origin`): a foreign
// signature is a 400 everywhere.
struct Reasoning {
  std::string text{};       // in the open; may be empty beside a signature
  bool summary = false;     // the text is a summary, not the thought itself
  std::string signature{};  // Anthropic's `signature`, Gemini's thoughtSignature, Responses' `encrypted_content`
  std::string redacted{};   // Anthropic's redacted_thinking data, Bedrock's redactedContent; then there is nothing else
  std::string id{};         // of a Responses item
  std::string origin{};     // family of the model that signed: "openai", "anthropic", "gemini"; empty: nothing is signed
  friend bool operator==(const Reasoning&, const Reasoning&) = default;
};

struct Refusal {
  std::string text{};
  friend bool operator==(const Refusal&, const Refusal&) = default;
};

// Something that only one dialect knows: a block of a server-side tool, a container, a search result.
struct Foreign {
  std::string dialect{};  // name of the folder of dialects/
  std::string json{};     // exactly as it came
  std::string kind{};     // its type, for x-tollgate-dropped: "server_tool_use"
  friend bool operator==(const Foreign&, const Foreign&) = default;
};

struct Part;

// A tool's answer. Content is text and media.
struct ToolResult {
  std::string call_id{};
  std::string name{};  // where it is known
  std::vector<Part> content{};
  bool failed = false;
  bool custom = false;
  CacheMark cache = CacheMark::none;
  friend bool operator==(const ToolResult&, const ToolResult&) = default;
};

struct Part {
  std::variant<Text, Media, ToolCall, ToolResult, Reasoning, Refusal, Foreign> is{};
  friend bool operator==(const Part&, const Part&) = default;

  template <class T>
  const T* as() const { return std::get_if<T>(&is); }
  template <class T>
  T* as() { return std::get_if<T>(&is); }
};

}  // namespace tollgate
