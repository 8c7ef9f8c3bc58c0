#include "dialects/call_names.h"

namespace tollgate {
namespace {

void name_call(ToolCall& call, RequestId id, std::int64_t choice, std::int64_t block) {
  if (call.id.empty()) call.id = "call_" + to_string(id) + "_" + std::to_string(choice) + "_" + std::to_string(block);
}

}  // namespace

void name_calls(ChatResponse& response, RequestId id) {
  for (ChatChoice& choice : response.choices) {
    std::int64_t number = 0;
    for (Part& part : choice.parts) {
      if (auto* call = part.as<ToolCall>()) name_call(*call, id, choice.index, number);
      ++number;
    }
  }
}

void name_calls(StreamEvent& event, RequestId id) {
  auto* start = std::get_if<BlockStart>(&event);
  if (start == nullptr) return;
  if (auto* call = start->part.as<ToolCall>()) name_call(*call, id, start->choice, start->block);
}

}  // namespace tollgate
