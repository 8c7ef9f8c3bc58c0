#include "dialects/ollama/event_reader.h"

#include "dialects/fields.h"
#include "dialects/ollama/answer.h"
#include "json/scan.h"

namespace tollgate::ollama {

using json::Kind;
using json::Value;

void LineReader::read(const Frame& frame, std::vector<StreamEvent>& out) {
  if (over_) return;
  auto root = json::scan(frame.data, {.refuse_duplicates = false});
  bool sound = root && root->is(Kind::object);
  auto error = sound ? error_in(*root)
                     : Error{.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = "the provider's stream holds a line that is no JSON"};
  if (error) {
    over_ = true;
    out.push_back(StreamFailed{std::move(*error)});
    return;
  }
  if (!std::exchange(started_, true)) out.push_back(StreamStart{.id = {}, .model = text_field(*root, "model")});
  std::vector<Part> parts;
  read_said(*root, parts);
  for (Part& part : parts) {
    if (auto* thought = part.as<Reasoning>()) grow(Open::thought, std::move(thought->text), out);
    if (auto* text = part.as<Text>()) grow(Open::text, std::move(text->text), out);
    if (auto* call = part.as<ToolCall>()) tell_call(std::move(*call), out);
  }
  if (field_of(*root, "done").boolean() == true) finish(*root, out);
}

void LineReader::grow(Open kind, std::string text, std::vector<StreamEvent>& out) {
  if (open_ != kind) {
    close(out);
    open_ = kind;
    out.push_back(BlockStart{.block = next_++, .part = kind == Open::text ? Part{Text{}} : Part{Reasoning{}}});
  }
  out.push_back(BlockDelta{.block = next_ - 1, .text = std::move(text)});
}

void LineReader::close(std::vector<StreamEvent>& out) {
  if (std::exchange(open_, Open::nothing) != Open::nothing) out.push_back(BlockEnd{.block = next_ - 1});
}

void LineReader::tell_call(ToolCall call, std::vector<StreamEvent>& out) {
  close(out);
  called_ = true;
  std::string arguments = std::exchange(call.arguments, {});
  out.push_back(BlockStart{.block = next_, .part = {std::move(call)}});
  out.push_back(BlockDelta{.block = next_, .what = BlockDelta::What::arguments, .text = std::move(arguments)});
  out.push_back(BlockEnd{.block = next_++});
}

void LineReader::finish(const Value& root, std::vector<StreamEvent>& out) {
  over_ = true;
  close(out);
  if (auto usage = read_usage(root)) out.push_back(UsageSeen{*usage});
  std::string reason = text_field(root, "done_reason");
  out.push_back(ChoiceEnd{.finish = read_finish(reason, called_), .native_finish = reason});
  out.push_back(StreamEnd{});
}

std::optional<Error> LineReader::end(std::vector<StreamEvent>&) {
  if (over_) return std::nullopt;
  return Error{.fault = Fault::upstream_truncated, .retry = Retry::next_target, .detail = "the provider's stream ended before its answer"};
}

}  // namespace tollgate::ollama
