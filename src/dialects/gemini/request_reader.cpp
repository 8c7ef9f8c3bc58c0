#include "dialects/gemini/request_reader.h"

#include "dialects/gemini/config_reader.h"
#include "dialects/gemini/fields.h"
#include "dialects/gemini/part_reader.h"
#include "dialects/gemini/part_writer.h"
#include "dialects/gemini/request_view.h"

namespace tollgate::gemini {
namespace {

using json::Kind;
using json::Member;
using json::Value;

// Calls that no result answered yet, in the order in which they were made.
class OpenCalls {
 public:
  void note(const ToolCall& call) { open_.push_back({call.id, call.name}); }

  // The id of the call that the result answers; empty when there is none.
  std::string answer(const ToolResult& result) {
    for (auto call = open_.begin(); call != open_.end(); ++call) {
      bool same = result.call_id.empty() ? call->name == result.name : call->id == result.call_id;
      if (!same) continue;
      std::string id = call->id;
      open_.erase(call);
      return id;
    }
    return {};
  }

 private:
  struct Call {
    std::string id;
    std::string name;
  };
  std::vector<Call> open_;
};

// Reads contents one after the other.
class Conversation {
 public:
  explicit Conversation(ChatRequest& out) : out_(out) {}

  void read(const Value& content) {
    bool model = field_of(content, "role").plain_string() == "model";
    numbered_ = 0;
    for (Part& part : read_parts(content)) {
      name(part);
      append(model ? Role::assistant : part.as<ToolResult>() ? Role::tool : Role::user, std::move(part));
    }
    begin_ = true;
    ++content_;
  }

 private:
  void name(Part& part) {
    if (auto* call = part.as<ToolCall>()) {
      if (call->id.empty()) call->id = made_call_id(content_, numbered_++);
      calls_.note(*call);
    } else if (auto* result = part.as<ToolResult>()) {
      std::string id = calls_.answer(*result);
      if (result->call_id.empty()) result->call_id = id.empty() ? made_call_id(content_, numbered_++) : id;
    }
  }

  void append(Role role, Part part) {
    // Attributes stay behind their part, whatever its message is.
    const auto* foreign = part.as<Foreign>();
    bool attribute = foreign && foreign->kind.starts_with(attribute_prefix);
    bool same = !begin_ && !out_.messages.empty() && (attribute || out_.messages.back().role == role);
    if (same && attribute && out_.messages.back().role == Role::tool) return;  // a result has none that we keep
    if (!same) out_.messages.push_back({.role = role});
    out_.messages.back().parts.push_back(std::move(part));
    begin_ = false;
  }

  ChatRequest& out_;
  OpenCalls calls_;
  std::size_t content_ = 0;
  std::size_t numbered_ = 0;
  bool begin_ = true;
};

void read_system(const Value& instruction, ChatRequest& out) {
  Message message{.role = Role::system};
  if (auto text = instruction.string())
    message.parts.push_back({Text{.text = *text}});
  else
    message.parts = read_parts(instruction);
  if (!message.parts.empty()) out.messages.insert(out.messages.begin(), std::move(message));
}

Result<void> read_member(const Member& member, ChatRequest& out) {
  const Value& value = member.value;
  if (value.is(Kind::null) || field_is(member, "model") || field_is(member, "systemInstruction")) return {};
  if (field_is(member, "contents")) {
    Conversation conversation(out);
    for (const Value& content : Listed(value)) conversation.read(content);
    return {};
  }
  if (field_is(member, "tools")) {
    read_tools(value, out);
    return {};
  }
  if (field_is(member, "toolConfig")) return read_tool_config(value, out);
  if (field_is(member, "generationConfig")) return read_generation_config(value, out);
  return keep_extra("", member, out);
}

}  // namespace

Result<ChatRequest> read_chat_request(const CallView& view) {
  ChatRequest out;
  out.dialect = "gemini";
  out.model = view.model;
  out.stream = view.stream;
  out.include_usage = view.stream;  // Google tells it always
  Value question = question_of(view);
  for (const Member& member : json::Members(question)) TG_TRY_VOID(read_member(member, out));
  read_system(field_of(question, "systemInstruction"), out);
  return out;
}

}  // namespace tollgate::gemini
