#include "app/command_line.h"
#include "app/commands/described_settings.h"
#include "app/commands/description.h"
#include "app/commands/surface.h"
#include "app/config_reference.h"
#include "dialects/all.h"
#include "json/write.h"
#include "providers/types.h"
#include "telemetry/metrics.h"
#include "telemetry/prometheus.h"

namespace tollgate {
namespace {

void append_settings(json::Writer& out) {
  out.key("settings").begin_array();
  for (const DescribedSetting& setting : described_settings())
    out.begin_object()
        .member("name", setting.name)
        .member("value", setting.value)
        .member("default", setting.default_value)
        .member("required", setting.required)
        .member("available", setting.available)
        .member("help", setting.help)
        .end_object();
  out.end_array();
}

void append_metric(json::Writer& out, const Family& family) {
  out.begin_object().member("name", family.name).member("type", to_string(family.type)).key("labels").begin_array();
  for (std::size_t i = 0; i < family.label_count(); ++i) out.value(family.labels[i]);
  out.end_array().key("buckets").begin_array();
  for (std::int64_t bound : family.bounds) out.value(decimal_text(bound, family.decimals));
  out.end_array().member("help", family.help).end_object();
}

void append_errors(json::Writer& out) {
  out.key("errors").begin_array();
  for (int i = 0; i < fault_count; ++i) {
    const FaultInfo& fault = info(static_cast<Fault>(i));
    out.begin_object()
        .member("name", fault.name)
        .member("code", fault.code)
        .member("blame", to_string(fault.blame))
        .member("http_status", fault.http_status)
        .end_object();
  }
  out.end_array();
}

void append_providers(json::Writer& out) {
  out.key("providers").begin_array();
  for (const ProviderType& type : provider_types())
    out.begin_object()
        .member("type", type.name)
        .member("default_base_url", type.default_base_url)
        .member("needs_key", type.needs_key)
        .member("catalogue", type.catalogue)
        .member("dialect", type.dialect)
        .member("speaks_too", type.speaks_too)
        .member("available", true)
        .end_object();
  out.end_array();
}

void append_dialects(json::Writer& out) {
  out.key("dialects").begin_array();
  for (const Dialect* dialect : all_dialects()) out.begin_object().member("name", dialect->name()).end_object();
  out.end_array();
}

void append_endpoints(json::Writer& out) {
  out.key("endpoints").begin_array();
  for (const DescribedEndpoint& endpoint : described_endpoints())
    out.begin_object()
        .member("port", endpoint.port)
        .member("method", endpoint.method)
        .member("path", endpoint.path)
        .member("credential", endpoint.credential)
        .member("help", endpoint.help)
        .end_object();
  out.end_array();
}

void append_commands(json::Writer& out) {
  out.key("commands").begin_array();
  for (const Command& command : commands()) out.begin_object().member("name", command.verb).member("available", true).member("help", command.summary).end_object();
  out.end_array();
}

}  // namespace

std::string description_json() {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  append_settings(out);
  out.key("schema").raw(config_schema());
  out.key("metrics").begin_array();
  for (const Family* family : metric::gateway_families) append_metric(out, *family);
  out.end_array();
  append_errors(out);
  append_providers(out);
  append_dialects(out);
  append_endpoints(out);
  append_commands(out);
  out.end_object();
  return text += '\n';
}

}  // namespace tollgate
