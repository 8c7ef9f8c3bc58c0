#include "dialects/openai_chat/usage_writer.h"

namespace tollgate::openai_chat {

void write_usage(json::Writer& out, const Usage& usage) {
  std::int64_t input = usage.all_input().count, output = usage.all_output().count;
  out.begin_object().member("prompt_tokens", input).member("completion_tokens", output).member("total_tokens", input + output);
  out.key("prompt_tokens_details").begin_object().member("cached_tokens", usage.cache_read.count);
  Tokens written = usage.cache_write_5m + usage.cache_write_1h;
  if (written.count > 0) out.member("cache_write_tokens", written.count);
  out.member("audio_tokens", usage.audio_input.count).end_object();
  out.key("completion_tokens_details").begin_object().member("reasoning_tokens", usage.reasoning.count);
  out.member("audio_tokens", usage.audio_output.count).end_object().end_object();
}

}  // namespace tollgate::openai_chat
