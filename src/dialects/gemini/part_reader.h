#pragma once
// A part of a content (what was said, shown, called or answered) as parts of the middle form. For both ends: callers' histories and
// providers' answers are made of the same parts.
//
//   text                               Text; with thought: true Reasoning
//   thoughtSignature                   stays where it stood: on Text (whose text may be empty), ToolCall or Reasoning
//   functionCall                       ToolCall; no `id` is an empty id
//   functionResponse                   ToolResult; {"output": text} is that text, {"error": text} a failed one, all else JSON
//   inlineData, fileData               Media, by MIME type
//   executableCode, toolCall, …        Foreign, whole
//   other members of a known part      a Foreign of kind "part.<name>" behind it, which part_writer.h puts back (videoMetadata)
//
// Parts of scheduling and streaming (willContinue, scheduling) belong to the Live API and are not kept.

#include <vector>

#include "domain/part.h"
#include "json/value.h"

namespace tollgate::gemini {

// Before the name of a member that belongs to the part in front of it.
constexpr std::string_view attribute_prefix = "part.";

// Appends one part, or one and its attributes. REQUIRES: an object.
void read_part(const json::Value& part, std::vector<Part>& out);

// The parts of a content; none where it has none.
std::vector<Part> read_parts(const json::Value& content);

Media::Kind kind_of_media(std::string_view mime_type);

}  // namespace tollgate::gemini
