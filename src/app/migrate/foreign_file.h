#pragma once
// Another gateway's file: reading its fields so that none is passed over in silence, and its secrets so that none is
// written.
//
//   ForeignFields fields(node, "router_settings", remarks);
//   auto wait = fields.text("cooldown_time");
//   fields.rest("has no equivalent");      // every field that nobody asked for

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.h"

namespace tollgate {

// What the new configuration does not say as the old one did.
struct Remark {
  config::Place place{};
  std::string field{};
  std::string what{};
};

class Remarks {
 public:
  void add(config::Place place, std::string field, std::string what) { all_.push_back({place, std::move(field), std::move(what)}); }
  // By place; a line each: `FILE:LINE:COL: field: what`.
  std::string text(std::string_view file) const;
  const std::vector<Remark>& all() const { return all_; }

 private:
  std::vector<Remark> all_;
};

// Names are compared as they are, or with camelCase as snake_case. Not a map: it has no fields.
class ForeignFields {
 public:
  ForeignFields(const config::Node* node, std::string path, Remarks& remarks);

  // Null where it is missing or null. Marks it as read.
  const config::Node* take(std::string_view name);
  // A scalar's text; empty where it is missing; a remark where it is none.
  std::string text(std::string_view name);
  // `true`, `True`, `yes`, `on`.
  bool flag(std::string_view name);
  // A whole number of at least zero, with a remark where it is none.
  std::optional<std::int64_t> number(std::string_view name);

  void remark(std::string_view name, std::string what);
  // Says the same of each of these fields that is there.
  void none(std::initializer_list<std::string_view> names, const std::string& what);
  void rest(const std::string& what);
  bool has(std::string_view name) const { return position(name).has_value(); }
  std::string path(std::string_view name) const { return path_.empty() ? std::string(name) : path_ + "." + std::string(name); }
  config::Place place() const { return node_ == nullptr ? config::Place{} : node_->place; }

 private:
  std::optional<std::size_t> position(std::string_view name) const;

  const config::Node* node_;
  std::string path_;
  Remarks& remarks_;
  std::vector<bool> read_;
};

// Secrets of the file as references: `os.environ/NAME` is `env:NAME`; a secret that stands in the file itself gets a
// name, the same one each time, and a remark that never shows it.
class ForeignSecrets {
 public:
  explicit ForeignSecrets(Remarks& remarks) : remarks_(remarks) {}
  // `wanted`: the variable that a literal one is to be found under.
  std::string reference(std::string_view text, std::string wanted, config::Place place, const std::string& field);

 private:
  struct Named {
    std::string text, variable;
  };
  Remarks& remarks_;
  std::vector<Named> literal_;
};

// `os.environ/NAME`: the name; else empty.
std::string_view variable_of(std::string_view text);
// As the name of an environment variable.
std::string as_variable(std::string_view text);

// A decimal such as 0.0000025 or 2.5e-06 with its point moved by so many places to the right; empty when it is none.
std::optional<std::string> shifted_decimal(std::string_view text, int places);
// Seconds as a duration of ours; empty when it is no such number.
std::optional<std::string> duration_of_seconds(std::string_view text);
// `every: day` and the like for 1d, 24h, 7d, 30d, 1mo; else `rolling: …`; empty when it is no such length.
std::optional<std::string> window_of_length(std::string_view text);

}  // namespace tollgate
