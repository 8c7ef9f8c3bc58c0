#include "dialects/part_name.h"

namespace tollgate {

std::string name_of(const Part& part) {
  if (const auto* media = part.as<Media>()) {
    constexpr std::string_view names[] = {"image", "audio", "document", "video"};
    return std::string(names[static_cast<std::size_t>(media->kind)]);
  }
  if (part.as<Reasoning>() != nullptr) return "reasoning";
  if (const auto* foreign = part.as<Foreign>()) return foreign->kind;
  return "content";
}

}  // namespace tollgate
