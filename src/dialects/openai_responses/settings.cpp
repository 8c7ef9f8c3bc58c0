#include "dialects/openai_responses/settings.h"

namespace tollgate::openai_responses {

bool write_tool(json::Writer& out, const Tool& tool, bool own) {
  if (tool.foreign.dialect == "openai_responses") {
    out.raw(tool.foreign.json);
    return true;
  }
  if (tool.kind == Tool::Kind::foreign) return false;
  bool function = tool.kind == Tool::Kind::function;
  out.begin_object().member("type", function ? "function" : "custom").member("name", tool.name);
  if (!tool.description.empty()) out.member("description", tool.description);
  if (function) {
    out.key("parameters");
    if (tool.parameters.empty())
      out.begin_object().member("type", "object").key("properties").begin_object().end_object().end_object();
    else
      out.raw(tool.parameters);
    // Unsaid, Responses takes a schema as strict, the others do not.
    if (tool.strict || !own) out.member("strict", tool.strict.value_or(false));
  }
  out.end_object();
  return true;
}

void write_choice(json::Writer& out, const ToolChoice& choice) {
  switch (choice.kind) {
    case ToolChoice::Kind::none: out.value("none"); return;
    case ToolChoice::Kind::required: out.value("required"); return;
    case ToolChoice::Kind::named: out.begin_object().member("type", "function").member("name", choice.name).end_object(); return;
    case ToolChoice::Kind::automatic:
    case ToolChoice::Kind::unsaid: break;
  }
  out.value("auto");
}

void write_text(json::Writer& out, const ChatRequest& request) {
  const OutputFormat& format = request.response_format;
  out.begin_object().key("format").begin_object();
  if (format.kind == OutputFormat::Kind::json) {
    out.member("type", "json_object");
  } else if (format.kind == OutputFormat::Kind::schema) {
    out.member("type", "json_schema").member("name", format.name.empty() ? std::string_view("answer") : std::string_view(format.name));
    if (!format.description.empty()) out.member("description", format.description);
    if (!format.schema.empty()) out.key("schema").raw(format.schema);
    if (format.strict) out.member("strict", *format.strict);
  } else {
    out.member("type", "text");
  }
  out.end_object();
  if (!request.verbosity.empty()) out.member("verbosity", request.verbosity);
  out.end_object();
}

}  // namespace tollgate::openai_responses
