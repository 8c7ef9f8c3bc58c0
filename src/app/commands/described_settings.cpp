#include "app/commands/described_settings.h"

#include "app/config.h"
#include "config/walk.h"

namespace tollgate {
namespace {

// The group that a field holds, directly or as entries; `path` says how.
const Type* group_within(const Type& type, std::string& path) {
  switch (type.shape) {
    case Shape::group: return &type;
    case Shape::scalar: return nullptr;
    case Shape::optional: return group_within(*type.inner, path);
    case Shape::list: path += "[]"; return group_within(*type.inner, path);
    case Shape::map: path += ".NAME"; return group_within(*type.inner, path);
  }
  return nullptr;
}

DescribedSetting described(const Field& field, std::string name) {
  DescribedSetting setting{.name = std::move(name),
                           .value = {},
                           .default_value = {},
                           .help = std::string(field.help),
                           .required = field.is_required,
                           .available = field.available()};
  if (!field.available()) return setting;
  setting.value = config::kind_text(field);
  setting.default_value = config::default_text(field);
  if (setting.default_value.empty()) setting.default_value = field.default_words;
  return setting;
}

void add_group(const Type& group, const std::string& path, std::vector<DescribedSetting>& out) {
  config::with_fields(group, [&](const Fields& fields) {
    for (const Field& field : fields.all()) {
      std::string name = path.empty() ? std::string(field.name) : path + '.' + std::string(field.name);
      out.push_back(described(field, field.is_prefix ? name + "NAME" : name));
      if (!field.available()) continue;
      if (const Type* inner = group_within(*field.type, name)) add_group(*inner, name, out);
    }
  });
}

}  // namespace

std::vector<DescribedSetting> described_settings() {
  std::vector<DescribedSetting> settings;
  add_group(type_of<Config>(), "", settings);
  return settings;
}

}  // namespace tollgate
