#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/command_line.h"
#include "app/commands/described_settings.h"
#include "app/commands/description.h"
#include "app/commands/surface.h"
#include "dialects/all.h"
#include "app/commands/table.h"
#include "providers/types.h"
#include "telemetry/metrics.h"

namespace tollgate {
namespace {

constexpr std::string_view yes = "yes";

void append_settings(std::string& out) {
  out += "SETTINGS (tollgate.yaml)\n\n";
  for (const DescribedSetting& setting : described_settings()) {
    if (!setting.available) {
      out += fmt::format("{}\n    not yet available: {}\n", setting.name, setting.help);
      continue;
    }
    std::string fallback = setting.required                ? "required"
                           : setting.default_value.empty() ? ""
                                                           : fmt::format("default {}", setting.default_value);
    out += fmt::format("{}\n    {}\n    {}{}{}\n", setting.name, setting.help, setting.value,
                       fallback.empty() ? "" : "; ", fallback);
  }
}

void append_metrics(std::string& out) {
  out += "\nMETRICS (/metrics on the admin port)\n\n";
  for (const Family* family : metric::gateway_families) {
    auto labels = std::span(family->labels).first(family->label_count());
    out += fmt::format("{}{}{}{}  {}\n    {}\n", family->name, labels.empty() ? "" : "{", fmt::join(labels, ","),
                       labels.empty() ? "" : "}", to_string(family->type), family->help);
  }
}

void append_errors(std::string& out) {
  Table table({{"ERROR CLASS"}, {"CODE"}, {"BLAME"}, {"STATUS", Align::right}});
  for (int i = 0; i < fault_count; ++i) {
    const FaultInfo& fault = info(static_cast<Fault>(i));
    table.add({std::string(fault.name), std::string(fault.code), std::string(to_string(fault.blame)),
               fmt::format("{}", fault.http_status)});
  }
  out += "\nERRORS\n\n" + table.text();
}

void append_providers(std::string& out) {
  Table table({{"TYPE"}, {"AVAILABLE"}, {"DEFAULT BASE URL"}, {"KEY"}});
  for (const ProviderType& type : provider_types())
    table.add({std::string(type.name), std::string(yes), std::string(type.default_base_url),
               type.needs_key ? "needed" : "optional"});
  out += "\nPROVIDER TYPES\n\n" + table.text();
}

void append_dialects(std::string& out) {
  Table table({{"DIALECT"}});
  for (const Dialect* dialect : all_dialects()) table.add({std::string(dialect->name())});
  out += "\nDIALECTS\n\n" + table.text();
}

void append_endpoints(std::string& out) {
  Table table({{"PORT"}, {"METHOD"}, {"PATH"}, {"CREDENTIAL"}, {"MEANING"}});
  for (const DescribedEndpoint& endpoint : described_endpoints())
    table.add({std::string(endpoint.port), std::string(endpoint.method), std::string(endpoint.path),
               std::string(endpoint.credential), std::string(endpoint.help)});
  out += "\nENDPOINTS\n\n" + table.text();
}

void append_commands(std::string& out) {
  Table table({{"COMMAND"}, {"AVAILABLE"}, {"MEANING"}});
  for (const Command& command : commands()) table.add({std::string(command.verb), std::string(yes), std::string(command.summary)});
  out += "\nCOMMANDS\n\n" + table.text();
}

}  // namespace

std::string description_text() {
  std::string out;
  append_settings(out);
  append_metrics(out);
  append_errors(out);
  append_providers(out);
  append_dialects(out);
  append_endpoints(out);
  append_commands(out);
  return out;
}

}  // namespace tollgate
