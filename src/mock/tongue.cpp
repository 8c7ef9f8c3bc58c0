#include "mock/tongue.h"

#include "dialects/openai_chat/openai_chat.h"
#include "json/write.h"

namespace tollgate::mock {
namespace {

const Dialect& ours() { return openai_chat::dialect(); }

}  // namespace

Tongue::Tongue(const Door& door, std::uint64_t number, std::int64_t now) : door_(door), now_(now), id_{1, number} {}

AnswerFacts Tongue::facts() const {
  return {.id = id_, .model = view_.model, .now = now_, .include_usage = true, .request = chat_ ? &*chat_ : nullptr};
}

Result<std::string> Tongue::hear(std::string_view body) {
  TG_TRY(view, door_.dialect->view({.operation = door_.operation,
                                    .body = body,
                                    .path_model = door_.path_model,
                                    .path_stream = door_.path_stream}));
  view_ = std::move(view);
  TargetWays ways{.model = view_.model};
  if (door_.operation == Operation::embeddings) {
    TG_TRY(embedding, door_.dialect->read_embedding_request(view_));
    embedding_ = std::move(embedding);
    TG_TRY(written, ours().write_embedding_request(*embedding_, ways));
    return std::move(written.body);
  }
  TG_TRY(chat, door_.dialect->read_request(view_));
  chat_ = std::move(chat);
  TG_TRY(written, ours().write_request(*chat_, ways));
  reader_ = ours().event_reader();
  writer_ = door_.own_writer != nullptr ? door_.own_writer(facts()) : door_.dialect->event_writer(facts());
  return std::move(written.body);
}

std::string Tongue::answer(std::string_view openai) {
  std::string out;
  if (embedding_) {
    auto response = ours().read_embedding_response(openai);
    if (!response) return std::string(openai);
    door_.dialect->write_embedding_response(*response, *embedding_, facts(), out);
    return out;
  }
  auto response = ours().read_response(openai);
  if (!response) return std::string(openai);
  door_.dialect->write_response(*response, facts(), out);
  return out;
}

void Tongue::say(std::string_view event, std::string& out) {
  framer_.feed(event);
  Frame frame;
  while (framer_.next(frame)) {
    events_.clear();
    reader_->read(frame, events_);
    for (const StreamEvent& one : events_) writer_->write(one, out);
  }
}

void Tongue::finish(std::string& out) {
  events_.clear();
  if (reader_->end(events_)) return;
  for (const StreamEvent& one : events_) writer_->write(one, out);
}

std::string Tongue::error(int status, std::string_view openai) {
  Error error = ours().read_refusal({.status = status, .body = openai}, WallTime{now_ * 1'000'000'000});
  if (error.detail.empty()) error.detail = "The script says so.";
  std::string out;
  door_.dialect->write_error(error, id_, out);
  return out;
}

}  // namespace tollgate::mock
