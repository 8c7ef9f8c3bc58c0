#include "dialects/gemini/event_reader.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/gemini/errors.h"
#include "dialects/gemini/fields.h"
#include "dialects/gemini/finish.h"
#include "dialects/gemini/logprobs.h"
#include "dialects/gemini/part_reader.h"
#include "dialects/gemini/response_reader.h"
#include "dialects/gemini/usage.h"
#include "json/scan.h"

namespace tollgate::gemini {
namespace {

using json::Kind;
using json::Value;

Error truncated() {
  return {.fault = Fault::upstream_truncated,
          .retry = Retry::next_target,
          .detail = "the provider's stream ended before its answer was complete"};
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

}  // namespace

void GeminiEventReader::read(const Frame& frame, Events& out) {
  if (error_ || ended_ || cut_) return;
  if (!frame.has_data || is_blank(frame.data)) return;
  auto root = json::scan(frame.data, {.refuse_duplicates = false});
  if (!root && !frame.terminated) {
    cut_ = true;
    return;
  }
  if (!root) return fail_with(broken_answer("the provider sent an event that is no JSON"), out);
  if (auto error = find_error(*root)) return fail_with(read_error_value(*error), out);
  if (!root->is(Kind::object)) return fail_with(broken_answer("the provider sent an event that is no JSON object"), out);
  read_chunk(*root, out);
}

void GeminiEventReader::read_chunk(const Value& root, Events& out) {
  if (!started_) {
    started_ = true;
    out.push_back(StreamStart{.id = text_of(root, "responseId"), .model = text_of(root, "modelVersion")});
  }
  for (const Value& candidate : json::Elements(field_of(root, "candidates"))) {
    if (read_candidate(candidate, out)) continue;
    return fail_with(broken_answer("the provider sent a candidate that cannot be one"), out);
  }
  if (Value reason = block_reason(root); !reason.is(Kind::null)) {
    blocked_ = true;
    block_reason_ = read_finish(reason).native;
  }
  read_usage_of(root, out);
}

// False when it is impossible.
bool GeminiEventReader::read_candidate(const Value& value, Events& out) {
  if (!value.is(Kind::object)) return false;
  std::int64_t index = field_of(value, "index").integer().value_or(0);
  if (index < 0 || index >= static_cast<std::int64_t>(max_answers)) return false;
  Candidate& candidate = candidates_[index];
  candidate.index = index;
  candidate.logprobs = openai_logprobs(field_of(value, "logprobsResult"));
  for (const Value& part : Listed(field_of(field_of(value, "content"), "parts")))
    if (part.is(Kind::object) && !read_part_of(candidate, part, out)) return false;
  Finish finish = read_finish(field_of(value, "finishReason"));
  if (finish.reason != FinishReason::none) {
    candidate.finish = finish.reason;
    candidate.native_finish = finish.native;
  }
  return true;
}

bool GeminiEventReader::read_part_of(Candidate& candidate, const Value& part, Events& out) {
  Value call = field_of(part, "functionCall");
  if (call.is(Kind::object)) {
    bool in_pieces = field_of(call, "willContinue").boolean() == true || !field_of(call, "partialArgs").is(Kind::null);
    bool nameless = field_of(call, "name").is(Kind::null);
    if (in_pieces || (nameless && candidate.partial)) return read_partial_call(candidate, part, call, out);
    if (nameless) return true;  // the end of what has ended
  }
  std::vector<Part> parts;
  read_part(part, parts);
  take(candidate, std::move(parts.front()), out);  // its attributes have no place in a stream
  return true;
}

bool GeminiEventReader::read_partial_call(Candidate& candidate, const Value& part, const Value& call, Events& out) {
  std::string name = text_of(call, "name");
  if (!name.empty() || !candidate.partial) {
    end_partial(candidate, out);
    close(candidate, out);
    begin(candidate, {ToolCall{.id = text_of(call, "id"), .name = std::move(name)}}, out);
    candidate.calls = true;
    candidate.partial.emplace();
    candidate.partial->block = candidate.blocks - 1;
  }
  if (std::string signature = text_of(part, "thoughtSignature"); !signature.empty()) {
    candidate.partial->signature = std::move(signature);
  }
  if (!candidate.partial->arguments.add(field_of(call, "partialArgs"))) return false;
  if (field_of(call, "willContinue").boolean() != true) end_partial(candidate, out);
  return true;
}

void GeminiEventReader::take(Candidate& candidate, Part part, Events& out) {
  if (const auto* text = part.as<Text>()) return take_text(candidate, *text, out);
  if (const auto* reasoning = part.as<Reasoning>()) return take_reasoning(candidate, *reasoning, out);
  close(candidate, out);
  end_partial(candidate, out);
  if (const auto* call = part.as<ToolCall>()) return take_call(candidate, *call, out);
  if (auto* media = part.as<Media>()) return take_media(candidate, std::move(*media), out);
  if (!part.as<Foreign>()) return;  // an answer holds no results of functions
  begin(candidate, std::move(part), out);
  end_block(candidate, out);
}

void GeminiEventReader::take_text(Candidate& candidate, const Text& text, Events& out) {
  if (text.text.empty() && text.signature.empty()) return;
  bool goes_on = candidate.open && candidate.open->as<Text>() && !text.text.empty();
  if (!goes_on) {
    close(candidate, out);
    end_partial(candidate, out);
    candidate.open = Part{Text{}};
    begin(candidate, *candidate.open, out);
  }
  if (!text.text.empty()) {
    add(candidate, BlockDelta::What::text, text.text, out, std::exchange(candidate.logprobs, {}));
  }
  if (text.signature.empty()) return;
  add(candidate, BlockDelta::What::signature, text.signature, out);
  close(candidate, out);
}

void GeminiEventReader::take_reasoning(Candidate& candidate, const Reasoning& reasoning, Events& out) {
  if (reasoning.text.empty() && reasoning.signature.empty()) return;
  const auto* open = candidate.open ? candidate.open->as<Reasoning>() : nullptr;
  if (open == nullptr || open->origin != reasoning.origin) {
    close(candidate, out);
    end_partial(candidate, out);
    candidate.open = Part{Reasoning{.summary = reasoning.summary, .origin = reasoning.origin}};
    begin(candidate, *candidate.open, out);
  }
  if (!reasoning.text.empty()) add(candidate, BlockDelta::What::text, reasoning.text, out);
  if (reasoning.signature.empty()) return;
  add(candidate, BlockDelta::What::signature, reasoning.signature, out);
  close(candidate, out);
}

void GeminiEventReader::take_call(Candidate& candidate, const ToolCall& call, Events& out) {
  candidate.calls = true;
  begin(candidate, {ToolCall{.id = call.id, .name = call.name, .signature = call.signature}}, out);
  add(candidate, BlockDelta::What::arguments, call.arguments, out);
  end_block(candidate, out);
}

void GeminiEventReader::take_media(Candidate& candidate, Media media, Events& out) {
  if (media.kind == Media::Kind::image) ++images_;
  std::string data;
  if (media.source == Media::Source::base64) data = std::exchange(media.data, {});
  begin(candidate, {std::move(media)}, out);
  if (!data.empty()) add(candidate, BlockDelta::What::media, std::move(data), out);
  end_block(candidate, out);
}

void GeminiEventReader::read_usage_of(const Value& root, Events& out) {
  searches_ = std::max(searches_, searches_in(root));
  UsageReading reading = read_usage(field_of(root, "usageMetadata"));
  if (reading.absurd && !reading.usage) usage_.reset();
  if (!reading.usage) return;
  usage_ = reading.usage;
  tell_usage(out);
}

void GeminiEventReader::tell_usage(Events& out) {
  usage_->image_count = images_;
  usage_->beside.web_searches = searches_;
  images_told_ = images_;
  out.push_back(UsageSeen{*usage_});
}

void GeminiEventReader::begin(Candidate& candidate, Part part, Events& out) {
  out.push_back(BlockStart{.choice = candidate.index, .block = candidate.blocks++, .part = std::move(part)});
}

// To the last block that began.
void GeminiEventReader::add(const Candidate& candidate, BlockDelta::What what, std::string text, Events& out,
                            std::string logprobs) {
  out.push_back(BlockDelta{.choice = candidate.index,
                           .block = candidate.blocks - 1,
                           .what = what,
                           .text = std::move(text),
                           .logprobs = std::move(logprobs)});
}

void GeminiEventReader::end_block(const Candidate& candidate, Events& out) {
  out.push_back(BlockEnd{.choice = candidate.index, .block = candidate.blocks - 1});
}

void GeminiEventReader::close(Candidate& candidate, Events& out) {
  if (!candidate.open) return;
  candidate.open.reset();
  end_block(candidate, out);
}

// What began in pieces is the last block: nothing else begins before it has ended.
void GeminiEventReader::end_partial(Candidate& candidate, Events& out) {
  if (!candidate.partial) return;
  PartialCall call = std::move(*candidate.partial);
  candidate.partial.reset();
  add(candidate, BlockDelta::What::arguments, call.arguments.object(), out);
  if (!call.signature.empty()) add(candidate, BlockDelta::What::signature, call.signature, out);
  end_block(candidate, out);
}

void GeminiEventReader::fail_with(Error error, Events& out) {
  error_ = std::move(error);
  out.push_back(StreamFailed{*error_});
}

bool GeminiEventReader::whole() const {
  if (cut_ || (candidates_.empty() && !blocked_)) return false;
  return std::all_of(candidates_.begin(), candidates_.end(),
                     [](const auto& entry) { return entry.second.finish != FinishReason::none; });
}

std::optional<Error> GeminiEventReader::end(Events& out) {
  if (error_) return error_;
  if (ended_) return std::nullopt;
  if (!whole()) return truncated();
  ended_ = true;
  if (candidates_.empty()) {
    candidates_[0].finish = FinishReason::content_filter;
    candidates_[0].native_finish = block_reason_;
  }
  for (auto& [index, candidate] : candidates_) {
    close(candidate, out);
    end_partial(candidate, out);
  }
  if (usage_ && images_told_ != images_) tell_usage(out);
  for (const auto& [index, candidate] : candidates_) {
    out.push_back(ChoiceEnd{.choice = index,
                            .finish = with_calls(candidate.finish, candidate.calls),
                            .native_finish = candidate.native_finish});
  }
  out.push_back(StreamEnd{});
  return std::nullopt;
}

}  // namespace tollgate::gemini
