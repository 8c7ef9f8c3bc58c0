#include "dialects/gemini/event_writer.h"

#include "dialects/gemini/errors.h"
#include "dialects/gemini/finish.h"
#include "dialects/gemini/logprobs.h"
#include "dialects/gemini/part_writer.h"
#include "dialects/gemini/usage.h"
#include "dialects/json_array.h"
#include "json/write.h"

namespace tollgate::gemini {
namespace {

using json::Writer;

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};

// Notes a piece that is only said when its block ends.
void collect(const BlockDelta& delta, Part& part) {
  auto* call = part.as<ToolCall>();
  auto* reasoning = part.as<Reasoning>();
  auto* text = part.as<Text>();
  auto* media = part.as<Media>();
  if (delta.what == BlockDelta::What::arguments && call) call->arguments += delta.text;
  if (delta.what == BlockDelta::What::media && media) media->data += delta.text;
  if (delta.what == BlockDelta::What::redacted && reasoning) reasoning->redacted += delta.text;
  if (delta.what != BlockDelta::What::signature) return;
  if (call) call->signature = delta.text;
  if (text) text->signature = delta.text;
  if (reasoning) reasoning->signature = delta.text;
}

// What a block still has to say at its end; empty when all of it went out already.
std::optional<Part> rest_of(const Part& part) {
  if (const auto* text = part.as<Text>(); text && text->signature.empty()) return std::nullopt;
  if (const auto* reasoning = part.as<Reasoning>()) {
    if (reasoning->signature.empty() && reasoning->redacted.empty() && reasoning->id.empty()) return std::nullopt;
  }
  if (part.as<Refusal>()) return std::nullopt;
  return part;
}

}  // namespace

GeminiEventWriter::GeminiEventWriter(Framing framing, const AnswerFacts& facts)
    : framing_(framing), id_(facts.id), model_(facts.model) {}

void GeminiEventWriter::write(const StreamEvent& event, std::string& out) {
  if (over_) return;
  std::visit(Overloaded{[](const StreamStart&) {},
                        [&](const BlockStart& start) { begin(start, out); },
                        [&](const BlockDelta& delta) { grow(delta, out); },
                        [&](const BlockEnd& block) { end(block, out); },
                        [&](const ChoiceEnd& choice) { ends_.push_back(choice); },
                        [&](const UsageSeen& seen) { usage_ = seen.usage; },
                        [&](const StreamEnd&) { finish(out); },
                        [&](const StreamFailed& failed) { fail_with(failed.error, out); }},
             event);
}

void GeminiEventWriter::begin(const BlockStart& start, std::string& out) {
  Part part = start.part;
  // Texts are empty here by contract; one that is not is said at once and not again at the end.
  auto say = [&](std::string& text, Part piece) {
    if (!text.empty()) send_part(start.choice, piece, {}, out);
    text.clear();
  };
  if (auto* text = part.as<Text>()) say(text->text, {Text{.text = text->text}});
  if (auto* refusal = part.as<Refusal>()) say(refusal->text, {Text{.text = refusal->text}});
  if (auto* reasoning = part.as<Reasoning>()) say(reasoning->text, {Reasoning{.text = reasoning->text, .origin = "gemini"}});
  open_[{start.choice, start.block}] = std::move(part);
}

void GeminiEventWriter::grow(const BlockDelta& delta, std::string& out) {
  auto found = open_.find({delta.choice, delta.block});
  if (found == open_.end()) return;
  if (delta.what != BlockDelta::What::text) return collect(delta, found->second);
  if (delta.text.empty() && delta.logprobs.empty()) return;
  if (found->second.as<Reasoning>()) {
    send_part(delta.choice, {Reasoning{.text = delta.text, .origin = "gemini"}}, {}, out);
  } else {
    send_part(delta.choice, {Text{.text = delta.text}}, delta.logprobs, out);
  }
}

void GeminiEventWriter::end(const BlockEnd& block, std::string& out) {
  auto found = open_.find({block.choice, block.block});
  if (found == open_.end()) return;
  Part part = std::move(found->second);
  open_.erase(found);
  if (auto rest = rest_of(part)) send_part(block.choice, *rest, {}, out);
}

void GeminiEventWriter::send_part(std::int64_t choice, const Part& part, const std::string& logprobs, std::string& out) {
  PartWays ways{.signed_parts = PartWays::Signed::enveloped, .own_dialect = true};
  Dropped dropped;
  std::string parts;
  Writer list(parts);
  list.begin_array();
  write_parts(list, {part}, ways, dropped);
  list.end_array();
  if (parts == "[]" && logprobs.empty()) return;
  std::string chunk;
  Writer writer(chunk);
  writer.begin_object().key("candidates").begin_array().begin_object();
  writer.key("content").begin_object().key("parts").raw(parts).member("role", "model").end_object();
  writer.member("index", choice);
  if (!logprobs.empty()) {
    if (std::string result = gemini_logprobs(logprobs); !result.empty()) writer.key("logprobsResult").raw(result);
  }
  writer.end_object().end_array();
  writer.member("modelVersion", model_).member("responseId", to_string(id_)).end_object();
  send(chunk, out);
}

void GeminiEventWriter::finish(std::string& out) {
  std::string chunk;
  Writer writer(chunk);
  writer.begin_object();
  if (!ends_.empty()) {
    writer.key("candidates").begin_array();
    for (const ChoiceEnd& choice : ends_) {
      writer.begin_object().key("content").begin_object().key("parts").begin_array();
      writer.begin_object().member("text", "").end_object().end_array().member("role", "model").end_object();
      writer.member("finishReason", finish_word(choice.finish, choice.native_finish)).member("index", choice.choice);
      writer.end_object();
    }
    writer.end_array();
  }
  if (usage_) {
    std::string usage;
    append_usage(usage, *usage_);
    writer.key("usageMetadata").raw(usage);
  }
  writer.member("modelVersion", model_).member("responseId", to_string(id_)).end_object();
  send(chunk, out);
  if (framing_ == Framing::json_array) out += array_end;
  over_ = true;
}

void GeminiEventWriter::fail_with(const Error& error, std::string& out) {
  std::string chunk;
  append_error(chunk, error, id_);
  send(chunk, out);
  if (framing_ == Framing::json_array) out += array_end;
  over_ = true;
}

void GeminiEventWriter::send(std::string_view chunk, std::string& out) {
  if (framing_ == Framing::json_array) {
    append_array_element(out, chunk, began_ ? ElementPlace::later : ElementPlace::first);
  } else {
    out += "data: ";
    out += chunk;
    out += "\n\n";
  }
  began_ = true;
}

}  // namespace tollgate::gemini
