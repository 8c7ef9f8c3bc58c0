#include "gateway/provider_objects.h"

#include <algorithm>
#include <utility>

#include "json/scan.h"
#include "json/write.h"

namespace tollgate {
namespace {

constexpr std::string_view kinds[] = {"response", "file", "batch"};

// It will stand in a path.
bool is_id(std::string_view text) {
  auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  return !text.empty() && text.size() <= ProviderObjects::id_bytes_max && std::all_of(text.begin(), text.end(), fits);
}

void append_line(std::string& out, std::string_view id, const ProviderObject& object) {
  json::Writer line(out);
  line.begin_object().member("id", id).member("kind", kinds[static_cast<std::size_t>(object.kind)]).member("tenant", object.tenant);
  line.member("provider", object.provider).member("key", object.key);
  if (object.tokens > 0) line.member("tokens", object.tokens);
  if (!object.work.model.empty())
    line.member("model", object.work.model).member("calls", object.work.calls).member("input", object.work.input).member("output", object.work.output);
  if (!object.charge.empty()) line.member("charge", object.charge);
  if (object.charged) line.member("charged", true);
  line.end_object();
  out += '\n';
}

void append_forgotten(std::string& out, std::string_view id) {
  json::Writer(out).begin_object().member("id", id).member("gone", true).end_object();
  out += '\n';
}

std::string text_in(const json::Value& line, std::string_view name) {
  auto value = json::find(line, name);
  return value ? value->string().value_or("") : "";
}

std::int64_t number_in(const json::Value& line, std::string_view name) {
  auto value = json::find(line, name);
  return value ? value->integer().value_or(0) : 0;
}

std::optional<ProviderObject> read_line(const json::Value& line) {
  auto kind = std::find(std::begin(kinds), std::end(kinds), text_in(line, "kind"));
  if (kind == std::end(kinds)) return std::nullopt;
  return ProviderObject{.kind = static_cast<ObjectKind>(kind - std::begin(kinds)),
                        .tenant = text_in(line, "tenant"),
                        .provider = text_in(line, "provider"),
                        .key = text_in(line, "key"),
                        .tokens = number_in(line, "tokens"),
                        .work = {text_in(line, "model"), number_in(line, "calls"), number_in(line, "input"), number_in(line, "output")},
                        .charge = text_in(line, "charge"),
                        .charged = json::find(line, "charged").has_value()};
}

}  // namespace

void ProviderObjects::put(std::string_view id, ProviderObject object) {
  auto [at, fresh] = objects_.insert_or_assign(std::string(id), std::move(object));
  if (!fresh) return;
  order_.push_back(at->first);
  while (order_.size() > max_) {
    objects_.erase(order_.front());
    order_.pop_front();
  }
}

void ProviderObjects::keep(std::string_view id, ProviderObject object) {
  if (!is_id(id)) return;
  std::lock_guard lock(mutex_);
  auto there = objects_.find(std::string(id));
  if (there != objects_.end() && there->second.tenant != object.tenant) return;
  append_line(unwritten_, id, object);
  put(id, std::move(object));
}

std::optional<ProviderObject> ProviderObjects::find(std::string_view id, ObjectKind kind, std::string_view tenant) const {
  std::lock_guard lock(mutex_);
  auto found = objects_.find(std::string(id));
  if (found == objects_.end() || found->second.kind != kind || found->second.tenant != tenant) return std::nullopt;
  return found->second;
}

void ProviderObjects::forget(std::string_view id) {
  std::lock_guard lock(mutex_);
  if (objects_.erase(std::string(id)) > 0) append_forgotten(unwritten_, id);
}

bool ProviderObjects::begin_charge(std::string_view id) {
  std::lock_guard lock(mutex_);
  if (std::find(charging_.begin(), charging_.end(), id) != charging_.end()) return false;
  charging_.emplace_back(id);
  return true;
}

void ProviderObjects::end_charge(std::string_view id) {
  std::lock_guard lock(mutex_);
  std::erase(charging_, id);
}

std::string ProviderObjects::take_lines(bool everything) {
  std::lock_guard lock(mutex_);
  std::string lines = std::exchange(unwritten_, {});
  if (!everything) return lines;
  lines.clear();
  for (const std::string& id : order_)
    if (auto found = objects_.find(id); found != objects_.end()) append_line(lines, id, found->second);
  return lines;
}

void ProviderObjects::load(std::string_view lines) {
  std::lock_guard lock(mutex_);
  for (std::string_view text : split(lines, '\n')) {
    auto line = json::scan(text);
    if (!line) continue;  // torn by a crash
    std::string id = text_in(*line, "id");
    if (json::find(*line, "gone"))
      objects_.erase(id);
    else if (auto object = read_line(*line); object && is_id(id))
      put(id, std::move(*object));
  }
}

}  // namespace tollgate
