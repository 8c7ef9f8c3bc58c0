#include "dialects/anthropic_messages/lists.h"

#include "json/write.h"

namespace tollgate::anthropic_messages {

void append_model_list(std::string& out, std::span<const std::string_view> names) {
  json::Writer writer(out);
  writer.begin_object().key("data").begin_array();
  for (std::string_view name : names) {
    writer.begin_object().member("type", "model").member("id", name).member("display_name", name);
    writer.member("created_at", "2023-11-14T22:13:20Z").end_object();
  }
  writer.end_array().member("has_more", false).key("first_id");
  if (names.empty())
    writer.null().key("last_id").null();
  else
    writer.value(names.front()).member("last_id", names.back());
  writer.end_object();
}

}  // namespace tollgate::anthropic_messages
