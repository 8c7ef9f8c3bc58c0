#pragma once
// Content blocks of Anthropic's messages, read into parts and written from them.

#include <string>
#include <vector>

#include "domain/chat_request.h"
#include "json/value.h"
#include "json/write.h"

namespace tollgate::anthropic_messages {

// A string or an array of blocks.
void read_content(const json::Value& content, std::vector<Part>& out);
Part read_block(const json::Value& block);

CacheMark read_cache_mark(const json::Value& object);
void write_cache_mark(json::Writer& out, CacheMark mark);

// Text, media, calls, results and what came from this dialect. False when there are no words for it; then nothing is written.
bool write_block(json::Writer& out, const Part& part);

// How signed thoughts are shown: to callers with envelopes, to hosts only their own.
enum class Signatures : unsigned char { native_only, enveloped };
// False when it is not to be shown there.
bool write_thought(json::Writer& out, const Reasoning& thought, Signatures how);

// Tool call ids as Anthropic takes them: letters, digits, _ and -.
std::string clean_id(std::string_view id);

}  // namespace tollgate::anthropic_messages
