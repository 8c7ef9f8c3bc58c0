#pragma once
// Streams as clients' programs put them together: each dialect's events in the form of its whole answer.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dialects/any_framer.h"
#include "dialects/dialect.h"
#include "dialects/fields.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate {

inline std::vector<std::pair<std::string, std::string>> frames_of(const Dialect& dialect, const std::string& bytes) {
  AnyFramer framer(dialect.framing());
  std::vector<std::pair<std::string, std::string>> out;
  Frame frame;
  framer.feed(bytes);
  while (framer.next(frame)) out.emplace_back(frame.name, frame.data);
  return out;
}

// Blocks of Anthropic's and Bedrock's streams, as their SDKs put them together.
struct Gathered {
  std::string kind{}, id{}, name{}, text{}, signature{};
};

inline std::string block_of_anthropic(const Gathered& block) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().member("type", block.kind);
  if (block.kind == "thinking") writer.member("thinking", block.text).member("signature", block.signature);
  if (block.kind == "text") writer.member("text", block.text);
  if (block.kind == "tool_use") writer.member("id", block.id).member("name", block.name).key("input").raw(block.text);
  writer.end_object();
  return out;
}

inline std::string block_of_bedrock(const Gathered& block) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  if (block.kind == "toolUse") {
    writer.key("toolUse").begin_object().member("toolUseId", block.id).member("name", block.name).key("input").raw(block.text).end_object();
  } else {
    writer.key("reasoningContent").begin_object().key("reasoningText").begin_object().member("text", block.text);
    writer.member("signature", block.signature).end_object().end_object();
  }
  writer.end_object();
  return out;
}

inline std::string gather_anthropic(const std::vector<std::pair<std::string, std::string>>& frames) {
  std::map<std::int64_t, Gathered> blocks;
  for (const auto& [name, data] : frames) {
    auto root = json::scan(data);
    Gathered& block = blocks[field_of(*root, "index").integer().value_or(-1)];
    json::Value start = field_of(*root, "content_block"), delta = field_of(*root, "delta");
    if (name == "content_block_start") block = {.kind = text_field(start, "type"), .id = text_field(start, "id"), .name = text_field(start, "name")};
    if (name != "content_block_delta") continue;
    for (std::string_view key : {"text", "thinking", "partial_json"}) block.text += text_field(delta, key);
    block.signature += text_field(delta, "signature");
  }
  blocks.erase(-1);
  std::string content;
  for (const auto& [index, block] : blocks) content += (content.empty() ? "" : ",") + block_of_anthropic(block);
  return R"({"content":[)" + content + R"(],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}})";
}

inline std::string gather_bedrock(const std::vector<std::pair<std::string, std::string>>& frames) {
  std::map<std::int64_t, Gathered> blocks;
  for (const auto& [name, data] : frames) {
    auto root = json::scan(data);
    json::Value index = field_of(*root, "contentBlockIndex");
    if (!index.integer()) continue;
    Gathered& block = blocks[*index.integer()];
    json::Value use = field_of(field_of(*root, "start"), "toolUse"), delta = field_of(*root, "delta");
    if (use.is(json::Kind::object)) block = {.kind = "toolUse", .id = text_field(use, "toolUseId"), .name = text_field(use, "name")};
    block.text += text_field(field_of(delta, "toolUse"), "input") + text_field(field_of(delta, "reasoningContent"), "text");
    block.signature += text_field(field_of(delta, "reasoningContent"), "signature");
  }
  std::string content;
  for (const auto& [index, block] : blocks) content += (content.empty() ? "" : ",") + block_of_bedrock(block);
  return R"({"output":{"message":{"role":"assistant","content":[)" + content + R"(]}},"stopReason":"tool_use"})";
}

inline std::string gather_chat(const std::vector<std::pair<std::string, std::string>>& frames) {
  std::string thought, details, id, name, arguments, extra;
  for (const auto& [event, data] : frames) {
    auto root = json::scan(data);
    if (!root) continue;  // [DONE]
    for (const json::Value& choice : json::Elements(field_of(*root, "choices"))) {
      json::Value delta = field_of(choice, "delta");
      thought += text_field(delta, "reasoning_content");
      for (const json::Value& detail : json::Elements(field_of(delta, "reasoning_details"))) details += (details.empty() ? "" : ",") + std::string(detail.raw);
      for (const json::Value& call : json::Elements(field_of(delta, "tool_calls"))) {
        id += text_field(call, "id");
        name += text_field(field_of(call, "function"), "name");
        arguments += text_field(field_of(call, "function"), "arguments");
        extra += raw_field(call, "extra_content");
      }
    }
  }
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("choices").begin_array().begin_object().member("index", 0).member("finish_reason", "tool_calls");
  writer.key("message").begin_object().member("role", "assistant").key("content").null();
  if (!thought.empty()) writer.member("reasoning_content", thought);
  if (!details.empty()) writer.key("reasoning_details").raw("[" + details + "]");
  writer.key("tool_calls").begin_array().begin_object().member("id", id).member("type", "function");
  writer.key("function").begin_object().member("name", name).member("arguments", arguments).end_object();
  if (!extra.empty()) writer.key("extra_content").raw(extra);
  writer.end_object().end_array().end_object().end_object().end_array().end_object();
  return out;
}

inline std::string gather_gemini(const std::vector<std::pair<std::string, std::string>>& frames) {
  std::string parts;
  for (const auto& [name, data] : frames) {
    auto root = json::scan(data);
    for (const json::Value& candidate : json::Elements(field_of(*root, "candidates")))
      for (const json::Value& part : json::Elements(field_of(field_of(candidate, "content"), "parts")))
        parts += (parts.empty() ? "" : ",") + std::string(part.raw);
  }
  return R"({"candidates":[{"content":{"role":"model","parts":[)" + parts + R"(]},"finishReason":"STOP"}]})";
}

// What a client puts together from a stream, in the form of a whole answer.
inline std::string gathered(const Dialect& front, const std::string& bytes) {
  auto frames = frames_of(front, bytes);
  if (front.name() == "openai_chat") return gather_chat(frames);
  if (front.name() == "anthropic_messages") return gather_anthropic(frames);
  if (front.name() == "bedrock_converse") return gather_bedrock(frames);
  if (front.name() == "gemini") return gather_gemini(frames);
  return raw_field(*json::scan(frames.back().second), "response");
}

}  // namespace tollgate
