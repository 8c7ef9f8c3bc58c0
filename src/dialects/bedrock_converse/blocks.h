#pragma once
// Content blocks of Converse, read into parts and written from them. A block is an object with one member, its kind. A cachePoint marks
// the block before it.

#include <vector>

#include "domain/chat_request.h"
#include "json/value.h"
#include "json/write.h"

namespace tollgate::bedrock_converse {

void read_blocks(const json::Value& blocks, std::vector<Part>& out);
// The mark that a cachePoint block sets; none: it is another block.
CacheMark read_cache_point(const json::Value& block);
void write_cache_point(json::Writer& out, CacheMark mark);

// The block, and the cachePoint behind it if the part has a mark. False, and nothing written: there are no words for it. Signed thoughts
// of other families stand in envelopes where `shown` to a caller, and have no words where not.
bool write_block(json::Writer& out, const Part& part, bool shown);

// Tool call ids as Bedrock takes and gives them: letters, digits, _ - . and :, at most 64.
std::string clean_id(std::string_view id);

}  // namespace tollgate::bedrock_converse
