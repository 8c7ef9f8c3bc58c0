#include "dialects/openai_responses/event_reader.h"

#include "base/text.h"
#include "dialects/fields.h"
#include "dialects/openai_errors.h"
#include "dialects/openai_responses/items.h"
#include "dialects/openai_responses/response.h"
#include "dialects/openai_responses/usage.h"
#include "json/scan.h"

namespace tollgate::openai_responses {
namespace {

using json::Kind;
using json::Value;
using What = BlockDelta::What;

constexpr std::int64_t blocks_max = 100'000;
constexpr std::int64_t whole_item = -1;  // in place of a content's index: the item is one block

Error broken(std::string_view why) {
  return {.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = std::string(why)};
}

// Its kind, and what is known at once.
Part kind_of_item(const Value& item) {
  std::vector<Part> parts;
  read_model_item(item, parts);
  Part kind = parts.empty() ? Part{Text{}} : std::move(parts.front());
  if (auto* call = kind.as<ToolCall>()) call->arguments.clear();
  if (const auto* thought = kind.as<Reasoning>()) kind = {Reasoning{.summary = true, .id = thought->id, .origin = "openai"}};
  return kind;
}

}  // namespace

void ResponseEventReader::fail_with(Error error, std::vector<StreamEvent>& out) {
  over_ = true;
  out.push_back(StreamFailed{std::move(error)});
}

void ResponseEventReader::read(const Frame& frame, std::vector<StreamEvent>& out) {
  std::string_view data = trimmed(frame.data);
  if (over_ || data.empty() || data == "[DONE]") return;
  auto root = json::scan(data, {.refuse_duplicates = false});
  if (!root) return fail_with(broken("the provider's stream holds an event that is no JSON"), out);
  std::string type = text_field(*root, "type");
  read_event(type.empty() ? frame.name : std::string_view(type), *root, out);
}

void ResponseEventReader::read_event(std::string_view type, const Value& root, std::vector<StreamEvent>& out) {
  std::int64_t item = field_of(root, "output_index").integer().value_or(0);
  Place content{item, field_of(root, "content_index").integer().value_or(0)}, whole{item, whole_item};
  auto piece = [&](What what, std::string_view name) { return BlockDelta{.what = what, .text = text_field(root, name)}; };
  if (type == "response.created" || type == "response.in_progress") {
    Value answer = field_of(root, "response");
    if (std::exchange(started_, true)) return;
    out.push_back(StreamStart{.id = text_field(answer, "id"), .model = text_field(answer, "model"), .created = field_of(answer, "created_at").integer().value_or(0)});
  } else if (type == "response.output_item.added") {
    begin_item(root, out);
  } else if (type == "response.content_part.added") {
    std::string kind = text_field(field_of(root, "part"), "type");
    if (kind == "output_text" || kind == "refusal") begin(content, kind == "refusal" ? Part{Refusal{}} : Part{Text{}}, out);
  } else if (type == "response.output_text.delta") {
    BlockDelta delta = piece(What::text, "delta");
    Value logprobs = field_of(root, "logprobs");
    if (json::Elements(logprobs).begin() != json::Elements(logprobs).end()) delta.logprobs = logprobs.raw;
    grow(content, {Text{}}, std::move(delta), out);
  } else if (type == "response.refusal.delta") {
    grow(content, {Refusal{}}, piece(What::text, "delta"), out);
  } else if (type == "response.output_text.annotation.added") {
    grow(content, {Text{}}, {.what = What::citation, .text = raw_field(root, "annotation")}, out);
  } else if (type == "response.content_part.done") {
    close(content, out);
  } else if (type == "response.function_call_arguments.delta" || type == "response.custom_tool_call_input.delta") {
    grow(whole, {ToolCall{}}, piece(What::arguments, "delta"), out);
  } else if (type == "response.reasoning_summary_text.delta" || type == "response.reasoning_text.delta") {
    grow(whole, {Reasoning{.summary = true, .origin = "openai"}}, piece(What::text, "delta"), out);
  } else if (type == "response.reasoning_summary_part.added") {
    if (field_of(root, "summary_index").integer().value_or(0) > 0) grow(whole, {Reasoning{.summary = true, .origin = "openai"}}, {.text = "\n\n"}, out);
  } else if (type == "response.output_item.done") {
    end_item(root, out);
  } else if (type == "response.completed" || type == "response.incomplete") {
    end_answer(field_of(root, "response"), out);
  } else if (type == "response.failed") {
    fail_with(failure_of(field_of(root, "response")).value_or(broken("the provider's answer failed")), out);
  } else if (type == "error") {
    Value error = field_of(root, "error");
    fail_with(openai::read_error_value(error.is(Kind::object) ? error : root), out);
  }
}

ResponseEventReader::Block* ResponseEventReader::begin(Place place, Part part, std::vector<StreamEvent>& out) {
  if (auto found = open_.find(place); found != open_.end()) return &found->second;
  if (next_ == blocks_max) {
    fail_with(broken("the provider's stream has too many blocks"), out);
    return nullptr;
  }
  called_ |= part.as<ToolCall>() != nullptr;
  Block& block = open_[place];
  block.number = next_++;
  out.push_back(BlockStart{.block = block.number, .part = std::move(part)});
  return &block;
}

void ResponseEventReader::grow(Place place, Part kind, BlockDelta delta, std::vector<StreamEvent>& out) {
  Block* block = begin(place, std::move(kind), out);
  if (block == nullptr || delta.text.empty()) return;
  block->grown = true;
  delta.block = block->number;
  out.push_back(std::move(delta));
}

void ResponseEventReader::close(Place place, std::vector<StreamEvent>& out) {
  auto found = open_.find(place);
  if (found == open_.end()) return;
  out.push_back(BlockEnd{.block = found->second.number});
  open_.erase(found);
}

void ResponseEventReader::begin_item(const Value& root, std::vector<StreamEvent>& out) {
  Value item = field_of(root, "item");
  std::string type = text_field(item, "type");
  Place place{field_of(root, "output_index").integer().value_or(0), whole_item};
  if (type == "function_call" || type == "custom_tool_call" || type == "reasoning") begin(place, kind_of_item(item), out);
}

// Brings what did not come in pieces.
void ResponseEventReader::end_item(const Value& root, std::vector<StreamEvent>& out) {
  Value item = field_of(root, "item");
  std::string type = text_field(item, "type");
  std::int64_t index = field_of(root, "output_index").integer().value_or(0);
  Place place{index, whole_item};
  if (type == "message") {
    for (auto at = open_.lower_bound({index, 0}); at != open_.end() && at->first.first == index;) {
      out.push_back(BlockEnd{.block = at->second.number});
      at = open_.erase(at);
    }
    return;
  }
  std::vector<Part> parts;
  read_model_item(item, parts);
  if (parts.empty()) return;
  const Part& part = parts.front();
  Block* block = begin(place, part.as<Foreign>() != nullptr ? part : kind_of_item(item), out);
  if (block == nullptr) return;
  if (const auto* call = part.as<ToolCall>(); call != nullptr && !block->grown)
    out.push_back(BlockDelta{.block = block->number, .what = What::arguments, .text = call->arguments});
  if (const auto* thought = part.as<Reasoning>()) {
    if (!block->grown && !thought->text.empty()) out.push_back(BlockDelta{.block = block->number, .text = thought->text});
    if (!thought->signature.empty()) out.push_back(BlockDelta{.block = block->number, .what = What::signature, .text = thought->signature});
  }
  close(place, out);
}

void ResponseEventReader::end_answer(const Value& answer, std::vector<StreamEvent>& out) {
  over_ = true;
  for (const auto& [place, block] : open_) out.push_back(BlockEnd{.block = block.number});
  open_.clear();
  if (auto usage = read_usage(answer)) out.push_back(UsageSeen{*usage});
  out.push_back(ChoiceEnd{.finish = finish_of(answer, called_), .native_finish = text_field(answer, "status")});
  out.push_back(StreamEnd{});
}

std::optional<Error> ResponseEventReader::end(std::vector<StreamEvent>&) {
  if (over_) return std::nullopt;
  return Error{.fault = Fault::upstream_truncated, .retry = Retry::next_target, .detail = "the provider's stream ended before its answer"};
}

}  // namespace tollgate::openai_responses
