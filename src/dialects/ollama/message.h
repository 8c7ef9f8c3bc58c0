#pragma once
// `message` of Ollama's requests and answers, read into parts and written from them.

#include "dialects/dropped.h"
#include "domain/chat_request.h"
#include "json/value.h"
#include "json/write.h"

namespace tollgate::ollama {

// Thought, text, images and calls; a call's id stays empty.
void read_message(const json::Value& message, std::vector<Part>& out);
void read_images(const json::Value& images, std::vector<Part>& out);

// "images": the base64 ones.
void write_images(json::Writer& out, const std::vector<const Part*>& parts, Dropped& dropped);
// {"function":{"name":…,"arguments":{…}}}
void write_call(json::Writer& out, const ToolCall& call);

}  // namespace tollgate::ollama
