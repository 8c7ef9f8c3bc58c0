#include "dialects/gemini/logprobs.h"

#include "dialects/gemini/fields.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate::gemini {
namespace {

using json::Kind;
using json::Value;
using json::Writer;

// A number of the other dialect; what is none becomes the least likely.
void write_probability(const Value& value, Writer& writer) {
  writer.raw(value.is(Kind::number) ? value.raw : std::string_view("-9999"));
}

void write_openai_token(const Value& candidate, Writer& writer) {
  writer.member("token", text_of(candidate, "token")).key("logprob");
  write_probability(field_of(candidate, "logProbability"), writer);
  writer.key("bytes").null();
}

void write_gemini_token(const Value& token, Writer& writer) {
  writer.begin_object().member("token", text_of(token, "token")).key("logProbability");
  write_probability(field_of(token, "logprob"), writer);
  writer.end_object();
}

}  // namespace

std::string openai_logprobs(const Value& logprobs_result) {
  Value chosen = field_of(logprobs_result, "chosenCandidates"), top = field_of(logprobs_result, "topCandidates");
  if (!chosen.is(Kind::array)) return {};
  std::string out;
  Writer writer(out);
  auto step = json::Elements(top).begin();
  writer.begin_array();
  for (const Value& candidate : json::Elements(chosen)) {
    writer.begin_object();
    write_openai_token(candidate, writer);
    writer.key("top_logprobs").begin_array();
    if (step != std::default_sentinel) {
      for (const Value& other : json::Elements(field_of(*step, "candidates"))) {
        writer.begin_object();
        write_openai_token(other, writer);
        writer.end_object();
      }
      ++step;
    }
    writer.end_array().end_object();
  }
  writer.end_array();
  return out;
}

std::string gemini_logprobs(std::string_view openai) {
  auto root = json::scan(openai);
  if (!root) return {};
  Value tokens = root->is(Kind::array) ? *root : field_of(*root, "content");
  if (!tokens.is(Kind::array)) return {};
  std::string out;
  Writer writer(out);
  writer.begin_object().key("topCandidates").begin_array();
  for (const Value& token : json::Elements(tokens)) {
    writer.begin_object().key("candidates").begin_array();
    for (const Value& other : json::Elements(field_of(token, "top_logprobs"))) write_gemini_token(other, writer);
    writer.end_array().end_object();
  }
  writer.end_array().key("chosenCandidates").begin_array();
  for (const Value& token : json::Elements(tokens)) write_gemini_token(token, writer);
  writer.end_array().end_object();
  return out;
}

}  // namespace tollgate::gemini
