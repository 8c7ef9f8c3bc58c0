#include "dialects/gemini/embedding.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

#include "dialects/gemini/base64.h"
#include "dialects/gemini/errors.h"
#include "dialects/gemini/fields.h"
#include "dialects/gemini/part_writer.h"
#include "dialects/gemini/request_view.h"
#include "dialects/gemini/request_writer.h"
#include "dialects/gemini/usage.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate::gemini {
namespace {

using json::Kind;
using json::Value;
using json::Writer;

struct Purpose {
  std::string_view ours;
  std::string_view google;
};
constexpr Purpose purposes[] = {{"search_query", "RETRIEVAL_QUERY"},
                                {"search_document", "RETRIEVAL_DOCUMENT"},
                                {"classification", "CLASSIFICATION"},
                                {"clustering", "CLUSTERING"}};

std::string_view google_purpose(std::string_view ours) {
  for (const Purpose& purpose : purposes)
    if (purpose.ours == ours) return purpose.google;
  return {};
}

// Texts of the content, joined as Google reads them: one after the other.
Result<std::string> text_of_content(const std::string& path, const Value& content) {
  std::string out;
  std::size_t index = 0;
  for (const Value& part : Listed(field_of(content, "parts"))) {
    std::string place = fmt::format("{}.parts[{}]", path, index++);
    auto text = field_of(part, "text").string();
    if (!text) return bad_field(place, "only texts can be embedded here");
    if (!out.empty()) out += '\n';
    out += *text;
  }
  return out;
}

// Everything of a request but its text.
Result<void> read_settings(const std::string& prefix, const Value& request, EmbeddingRequest& out) {
  for (const json::Member& member : json::Members(request)) {
    if (member.value.is(Kind::null) || field_is(member, "content") || field_is(member, "model")) continue;
    if (field_is(member, "outputDimensionality")) {
      out.dimensions = member.value.integer();
      continue;
    }
    std::string word = member.value.string().value_or("");
    auto known = std::find_if(std::begin(purposes), std::end(purposes), [&](const Purpose& p) { return p.google == word; });
    if (field_is(member, "taskType") && known != std::end(purposes)) {
      out.purpose = known->ours;
      continue;
    }
    std::string name = field_is(member, "taskType") ? "taskType" : member.key();
    if (name == "dimensions" || name.find('.') != std::string::npos) return bad_field(prefix + name, "a field that is not known");
    out.extras.push_back({name, std::string(member.value.raw)});
  }
  return {};
}

bool same_settings(const EmbeddingRequest& a, const EmbeddingRequest& b) {
  return a.dimensions == b.dimensions && a.purpose == b.purpose && a.extras == b.extras;
}

Result<void> read_batch(const Value& requests, EmbeddingRequest& out) {
  std::size_t index = 0;
  for (const Value& request : json::Elements(requests)) {
    std::string place = fmt::format("requests[{}]", index++);
    TG_TRY(text, text_of_content(place + ".content", field_of(request, "content")));
    EmbeddingRequest settings;
    TG_TRY_VOID(read_settings(place + '.', request, settings));
    settings.inputs = std::move(out.inputs);
    settings.inputs.push_back(std::move(text));
    if (index > 1 && !same_settings(settings, out)) return bad_field(place, "the requests of a batch differ in their settings");
    out = std::move(settings);
  }
  return {};
}

void write_one(Writer& writer, const EmbeddingRequest& request, const std::string& text, std::string_view model) {
  writer.begin_object().member("model", fmt::format("models/{}", bare_model(model)));
  writer.key("content").begin_object().key("parts").begin_array();
  writer.begin_object().member("text", text).end_object().end_array().end_object();
  if (request.dimensions) writer.member("outputDimensionality", *request.dimensions);
  if (auto purpose = google_purpose(request.purpose); !purpose.empty()) writer.member("taskType", purpose);
  if (request.dialect == "gemini")
    for (const ExtraField& extra : request.extras) writer.key(extra.name).raw(extra.json);
  writer.end_object();
}

std::vector<std::string> note_unsayable(const EmbeddingRequest& request) {
  Dropped dropped;
  if (!request.user.empty()) dropped.add("user");
  if (!request.purpose.empty() && google_purpose(request.purpose).empty()) dropped.add("purpose");
  if (request.dialect != "gemini")
    for (const ExtraField& extra : request.extras) dropped.add(extra.name);
  return dropped.take();
}

bool read_vector(const Value& embedding, EmbeddingResponse& out) {
  Value values = field_of(embedding, "values");
  if (!values.is(Kind::array)) return false;
  out.vectors.emplace_back(values.raw);
  return true;
}

// A float as the shortest text that reads back as the same one.
void append_float(std::string& out, float number) {
  char text[32];
  auto [end, fault] = std::to_chars(std::begin(text), std::end(text), number);
  bool finite = fault == std::errc() && number - number == 0;
  out += finite ? std::string_view(text, static_cast<std::size_t>(end - text)) : std::string_view("0");
}

// Little-endian floats in base64 as a list of numbers; empty when they are none.
std::string unpacked(std::string_view quoted) {
  auto bytes = from_base64(quoted.substr(1, quoted.size() - 2));
  if (!bytes || bytes->size() % 4 != 0) return {};
  std::string out = "[";
  for (std::size_t at = 0; at < bytes->size(); at += 4) {
    std::uint32_t bits = 0;
    for (std::size_t i = 4; i > 0; --i) bits = bits << 8 | static_cast<unsigned char>((*bytes)[at + i - 1]);
    float number = 0;
    std::memcpy(&number, &bits, sizeof number);
    if (at > 0) out += ',';
    append_float(out, number);
  }
  return out += ']';
}

void write_vector(Writer& writer, const std::string& vector) {
  std::string list = vector.starts_with('"') ? unpacked(vector) : vector;
  writer.begin_object().key("values").raw(list.empty() ? "[]" : std::string_view(list)).end_object();
}

}  // namespace

EmbeddingForm form_of(const CallView& view) {
  return field_of(view.root, "requests").is(Kind::null) ? EmbeddingForm::single : EmbeddingForm::batch;
}

Result<EmbeddingRequest> read_embedding_request(const CallView& view) {
  EmbeddingRequest out;
  if (form_of(view) == EmbeddingForm::batch) {
    TG_TRY_VOID(read_batch(field_of(view.root, "requests"), out));
  } else {
    TG_TRY(text, text_of_content("content", field_of(view.root, "content")));
    TG_TRY_VOID(read_settings("", view.root, out));
    out.inputs.push_back(std::move(text));
  }
  out.dialect = "gemini";
  out.model = view.model;
  return out;
}

Result<WrittenRequest> write_embedding_request(const EmbeddingRequest& request, const TargetWays& ways) {
  if (!request.input_tokens.empty()) return bad_field("input", "the target embeds texts, not token ids");
  if (request.inputs.empty()) return bad_field("input", "there is no text to embed");
  WrittenRequest out;
  Writer writer(out.body);
  if (request.inputs.size() == 1) {
    out.path = path_of(ways.model, "embedContent");
    write_one(writer, request, request.inputs.front(), ways.model);
  } else {
    out.path = path_of(ways.model, "batchEmbedContents");
    writer.begin_object().key("requests").begin_array();
    for (const std::string& text : request.inputs) write_one(writer, request, text, ways.model);
    writer.end_array().end_object();
  }
  out.dropped = note_unsayable(request);
  return out;
}

Result<EmbeddingResponse> read_embedding_response(std::string_view body) {
  auto root = json::scan(body, {.refuse_duplicates = false});
  if (!root) return fail(broken_answer("the provider's answer is no JSON"));
  if (auto error = find_error(*root)) return fail(read_error_value(*error));
  EmbeddingResponse out;
  Value several = field_of(*root, "embeddings"), one = field_of(*root, "embedding");
  bool good = several.is(Kind::array) || read_vector(one, out);
  for (const Value& embedding : json::Elements(several)) good &= read_vector(embedding, out);
  if (!good) return fail(broken_answer("the provider's answer holds no vectors"));
  out.usage = read_usage(field_of(*root, "usageMetadata")).usage;
  return out;
}

void append_embedding_response(std::string& out, const EmbeddingResponse& response, EmbeddingForm form) {
  Writer writer(out);
  writer.begin_object();
  if (form == EmbeddingForm::batch) {
    writer.key("embeddings").begin_array();
    for (const std::string& vector : response.vectors) write_vector(writer, vector);
    writer.end_array();
  } else if (!response.vectors.empty()) {
    write_vector(writer.key("embedding"), response.vectors.front());
  }
  if (response.usage) {
    writer.key("usageMetadata").begin_object();
    writer.member("promptTokenCount", response.usage->all_input().count).end_object();
  }
  writer.end_object();
}

}  // namespace tollgate::gemini
