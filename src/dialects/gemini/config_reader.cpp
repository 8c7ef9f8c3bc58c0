#include "dialects/gemini/config_reader.h"

#include "base/text.h"
#include "dialects/gemini/fields.h"
#include "dialects/gemini/schema.h"
#include "json/write.h"

namespace tollgate::gemini {
namespace {

using json::Kind;
using json::Member;
using json::Value;

// What says how the answer is to look, until all of it is known.
struct Format {
  std::string mime_type{};
  Value mime_value{};
  Value google_schema{}, json_schema{};
};

std::vector<std::string> texts_of(const Value& list) {
  std::vector<std::string> out;
  for (const Value& element : Listed(list)) out.push_back(element.string().value_or(""));
  return out;
}

Result<void> read_thinking(const Value& config, ChatRequest& out) {
  for (const Member& member : json::Members(config)) {
    const Value& value = member.value;
    if (value.is(Kind::null)) continue;
    if (field_is(member, "thinkingBudget")) {
      out.reasoning.budget_tokens = value.integer();
    } else if (field_is(member, "thinkingLevel")) {
      out.reasoning.effort = lower(value.string().value_or(""));
    } else if (field_is(member, "includeThoughts")) {
      if (value.boolean() == true) out.reasoning.summary = "auto";
    } else {
      TG_TRY_VOID(keep_extra("generationConfig.thinkingConfig.", member, out));
    }
  }
  return {};
}

void read_modalities(const Value& list, ChatRequest& out) {
  for (const std::string& word : texts_of(list)) out.modalities.push_back(lower(word));
}

bool read_number(const Member& member, ChatRequest& out) {
  const Value& value = member.value;
  if (field_is(member, "temperature"))
    out.temperature = value.raw;
  else if (field_is(member, "topP"))
    out.top_p = value.raw;
  else if (field_is(member, "presencePenalty"))
    out.presence_penalty = value.raw;
  else if (field_is(member, "frequencyPenalty"))
    out.frequency_penalty = value.raw;
  else if (field_is(member, "maxOutputTokens"))
    out.max_output = value.integer();
  else if (field_is(member, "candidateCount"))
    out.n = value.integer();
  else if (field_is(member, "seed"))
    out.seed = value.integer();
  else if (field_is(member, "topK") && value.integer())
    out.top_k = value.integer();
  else if (field_is(member, "logprobs"))
    out.top_logprobs = value.integer();
  else if (field_is(member, "responseLogprobs"))
    out.logprobs = value.boolean();
  else
    return false;
  return true;
}

bool read_format_field(const Member& member, Format& format) {
  const Value& value = member.value;
  if (field_is(member, "responseMimeType")) {
    format.mime_type = value.string().value_or("");
    format.mime_value = value;
  } else if (field_is(member, "responseSchema")) {
    format.google_schema = value;
  } else if (field_is(member, "responseJsonSchema") || field_is(member, "_responseJsonSchema")) {
    format.json_schema = value;
  } else {
    return false;
  }
  return true;
}

void read_format(const Format& format, ChatRequest& out) {
  auto keep = [&](std::string_view name, const Value& value) {
    if (!value.is(Kind::null)) out.extras.push_back({"generationConfig." + std::string(name), std::string(value.raw)});
  };
  OutputFormat& wanted = out.response_format;
  bool known = format.mime_type.empty() || format.mime_type == "application/json" || format.mime_type == "text/plain";
  if (!known || (format.mime_type == "text/plain" && !format.google_schema.is(Kind::null))) {
    keep("responseMimeType", format.mime_value);
    keep("responseSchema", format.google_schema);
    keep("responseJsonSchema", format.json_schema);
    return;
  }
  if (!format.json_schema.is(Kind::null)) {
    wanted.kind = OutputFormat::Kind::schema;
    wanted.schema = format.json_schema.raw;
  } else if (!format.google_schema.is(Kind::null)) {
    wanted.kind = OutputFormat::Kind::schema;
    wanted.schema = json_schema_of(format.google_schema);
  } else if (format.mime_type == "application/json") {
    wanted.kind = OutputFormat::Kind::json;
  } else if (format.mime_type == "text/plain") {
    wanted.kind = OutputFormat::Kind::text;
  }
}

// Whether a ToolChoice says all of the configuration, and the nearest one.
bool read_calling(const Value& config, ToolChoice& choice) {
  std::string mode = upper(text_of(config, "mode"));
  std::vector<std::string> names = texts_of(field_of(config, "allowedFunctionNames"));
  std::size_t members = 0;
  for (const Member& member : json::Members(config)) members += !member.value.is(Kind::null);
  std::size_t said = (mode.empty() ? 0u : 1u) + (field_of(config, "allowedFunctionNames").is(Kind::null) ? 0u : 1u);
  bool whole = members == said;
  if (mode == "ANY") {
    choice.kind = names.size() == 1 ? ToolChoice::Kind::named : ToolChoice::Kind::required;
    if (names.size() == 1) choice.name = names.front();
    return whole && names.size() <= 1;
  }
  choice.kind = mode == "NONE" ? ToolChoice::Kind::none : ToolChoice::Kind::automatic;
  return whole && names.empty() && (mode == "NONE" || mode == "AUTO");
}

Tool read_declaration(const Value& declaration) {
  Tool tool;
  bool more = false;
  for (const Member& member : json::Members(declaration)) {
    if (member.value.is(Kind::null)) continue;
    if (field_is(member, "name"))
      tool.name = member.value.string().value_or("");
    else if (field_is(member, "description"))
      tool.description = member.value.string().value_or("");
    else if (field_is(member, "parameters"))
      tool.parameters = json_schema_of(member.value);
    else if (field_is(member, "parametersJsonSchema"))
      tool.parameters = member.value.raw;
    else
      more = true;
  }
  // A declaration with more in it (response, behavior) goes back as it came.
  if (more) tool.foreign = {.dialect = "gemini", .json = std::string(declaration.raw), .kind = "functionDeclaration"};
  return tool;
}

// A server-side tool, each in an object of its own: {"googleSearch":{}}.
Tool read_server_tool(const Member& member) {
  Tool tool{.kind = Tool::Kind::foreign};
  std::string json;
  json::Writer writer(json);
  writer.begin_object().key(member.key()).raw(member.value).end_object();
  tool.foreign = {.dialect = "gemini", .json = std::move(json), .kind = member.key()};
  return tool;
}

}  // namespace

Result<void> keep_extra(std::string_view prefix, const Member& member, ChatRequest& out) {
  std::string name = member.key();
  if (name.empty() || name.find('.') != std::string::npos) {
    return bad_field(prefix, "a field of a name that is not known");
  }
  out.extras.push_back({std::string(prefix) + name, std::string(member.value.raw)});
  return {};
}

Result<void> read_generation_config(const Value& config, ChatRequest& out) {
  Format format;
  for (const Member& member : json::Members(config)) {
    if (member.value.is(Kind::null) || read_number(member, out) || read_format_field(member, format)) continue;
    if (field_is(member, "stopSequences")) {
      out.stop = texts_of(member.value);
    } else if (field_is(member, "responseModalities")) {
      read_modalities(member.value, out);
    } else if (field_is(member, "thinkingConfig")) {
      TG_TRY_VOID(read_thinking(member.value, out));
    } else {
      TG_TRY_VOID(keep_extra("generationConfig.", member, out));
    }
  }
  read_format(format, out);
  return {};
}

Result<void> read_tool_config(const Value& config, ChatRequest& out) {
  for (const Member& member : json::Members(config)) {
    if (member.value.is(Kind::null)) continue;
    if (!field_is(member, "functionCallingConfig")) {
      TG_TRY_VOID(keep_extra("toolConfig.", member, out));
    } else if (!read_calling(member.value, out.tool_choice)) {
      out.extras.push_back({"toolConfig.functionCallingConfig", std::string(member.value.raw)});
    }
  }
  return {};
}

void read_tools(const Value& tools, ChatRequest& out) {
  for (const Value& tool : Listed(tools)) {
    for (const Member& member : json::Members(tool)) {
      if (member.value.is(Kind::null)) continue;
      if (!field_is(member, "functionDeclarations")) {
        out.tools.push_back(read_server_tool(member));
        continue;
      }
      for (const Value& declaration : Listed(member.value)) out.tools.push_back(read_declaration(declaration));
    }
  }
}

}  // namespace tollgate::gemini
