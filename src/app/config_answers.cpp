// Prices and the configuration: read only.

#include <fmt/format.h>

#include <algorithm>

#include "app/admin_answers.h"
#include "app/object_change.h"
#include "config/json.h"

namespace tollgate {
namespace {

// What they hold may be a credential: fields of providers, and addresses whose path is one.
constexpr std::string_view masked[] = {"headers", "webhook", "proxy"};

std::string_view word_of(config::Severity severity) {
  return severity == config::Severity::warning ? "warning" : severity == config::Severity::unreadable ? "unreadable" : "error";
}

AdminReply show_config(const Config& config) {
  AdminReply reply{.etag = etag_of(config)};
  json::Writer out(reply.answer.body);
  out.begin_object().member("digest", config.digest).key("config").begin_object();
  config::append_members(out, config, masked);
  out.end_object().end_object();
  return reply;
}

// {"good": …, "faults": [{"line", "column", "setting", "what", "suggestion", "severity"}]}
AdminReply check_config_text(const ObjectRoom& room, std::string_view text) {
  auto loaded = load_config(text, "body", room.options);
  AdminReply reply;
  json::Writer out(reply.answer.body);
  out.begin_object().member("good", loaded.has_value()).key("faults").begin_array();
  for (const ConfigFault& fault : loaded ? loaded->warnings : loaded.error())
    out.begin_object()
        .member("line", fault.place.line)
        .member("column", fault.place.column)
        .member("setting", fault.setting)
        .member("what", fault.what)
        .member("suggestion", fault.suggestion)
        .member("severity", word_of(fault.severity))
        .end_object();
  out.end_array().end_object();
  return reply;
}

void append_rates(json::Writer& out, const Rates& rates) {
  out.begin_object();
  for (auto [name, nano] : {std::pair<std::string_view, std::int64_t>{"input", rates.input},
                            {"cached_input", rates.cached_input},
                            {"cache_write_5m", rates.cache_write_5m},
                            {"cache_write_1h", rates.cache_write_1h},
                            {"audio_input", rates.audio_input},
                            {"output", rates.output},
                            {"reasoning", rates.reasoning},
                            {"audio_output", rates.audio_output},
                            {"image", rates.image},
                            {"request", rates.request}})
    out.key(name).raw(format_usd({nano}));
  out.end_object();
}

// The row whose price holds now: the last one that does.
const PriceRow& row_at(const Model& model, WallTime at) {
  const PriceRow* found = &model.rows.front();
  for (const PriceRow& row : model.rows)
    if (row.holds_at(at)) found = &row;
  return *found;
}

void append_price(json::Writer& out, const Model& model, WallTime now) {
  const PriceRow& row = row_at(model, now);
  out.begin_object().member("provider", model.provider).member("model", model.name).member("id", row.price.id).member("source", row.source);
  out.key("since");
  row.from ? out.value(rfc3339(*row.from)) : out.null();
  out.key("rates");
  append_rates(out, row.price.rates);
  out.key("tiers").begin_array();
  for (const Tier& tier : row.price.tiers) {
    out.begin_object().member("above_input_tokens", tier.above).key("rates");
    append_rates(out, tier.rates);
    out.end_object();
  }
  out.end_array().key("context");
  model.context ? out.value(model.context->count) : out.null();
  out.key("max_output");
  model.max_output ? out.value(model.max_output->count) : out.null();
  out.end_object();
}

std::string cursor_of(const Model& model) { return model.provider + "/" + model.name; }

}  // namespace

Result<AdminReply> answer_config(ObjectRoom& room, const AdminCall& call) {
  return call.name == "check" ? check_config_text(room, call.body) : show_config(room.config);
}

// By provider and name; `after` is `provider/model`.
Result<AdminReply> answer_prices(ObjectRoom& room, const AdminCall& call) {
  TG_TRY(query, list_query_of(call, {"model", "provider"}));
  const std::string_view wanted = query.find("model"), provider = query.find("provider");
  std::vector<const Model*> found;
  for (const Model& model : room.snapshot.catalogue->models()) {
    bool asked = (wanted.empty() || matches(wanted, model.name)) && (provider.empty() || provider == model.provider);
    if (asked && (query.after.empty() || cursor_of(model) > query.after)) found.push_back(&model);
  }
  std::ranges::sort(found, {}, [](const Model* model) { return cursor_of(*model); });
  AdminReply reply;
  json::Writer out(reply.answer.body);
  out.begin_object().key("prices").begin_array();
  const std::size_t count = std::min(found.size(), query.limit);
  for (std::size_t i = 0; i < count; ++i) append_price(out, *found[i], room.now);
  out.end_array().key("next");
  if (found.size() > count)
    out.value(cursor_of(*found[count - 1]));
  else
    out.null();
  out.end_object();
  return reply;
}

Result<AdminReply> answer_object(ObjectRoom& room, AdminObject object, const AdminCall& call) {
  switch (object) {
    case AdminObject::keys: return answer_keys(room, call);
    case AdminObject::secrets: return answer_secrets(room, call);
    case AdminObject::limits: return answer_limits(room, call);
    case AdminObject::prices: return answer_prices(room, call);
    case AdminObject::config: return answer_config(room, call);
  }
  return fail(Fault::internal, "no such object");
}

}  // namespace tollgate
