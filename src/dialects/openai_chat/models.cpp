#include "dialects/openai_chat/models.h"

#include "json/write.h"

namespace tollgate::openai_chat {
namespace {

void write_model(json::Writer& writer, const ModelEntry& model) {
  writer.begin_object().member("id", model.name).member("object", "model").member("created", model.created);
  writer.member("owned_by", model.owned_by).end_object();
}

}  // namespace

void append_model(std::string& out, const ModelEntry& model) {
  json::Writer writer(out);
  write_model(writer, model);
}

void append_model_list(std::string& out, std::span<const ModelEntry> models) {
  json::Writer writer(out);
  writer.begin_object().member("object", "list").key("data").begin_array();
  for (const ModelEntry& model : models) write_model(writer, model);
  writer.end_array().end_object();
}

}  // namespace tollgate::openai_chat
