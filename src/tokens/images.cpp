#include "tokens/images.h"

#include <algorithm>
#include <cmath>

#include "tokens/estimator.h"
#include "tokens/families.h"

namespace tollgate {
namespace {

constexpr std::int64_t side_max = 100'000;  // no image is larger; keeps products small
constexpr double fit_side = 2048, short_side = 768, tile_side = 512, patch_side = 32, patches_max = 1536;

struct Rule {
  std::string_view prefix;
  double factor = 0;  // of a patch; 0: tiles
  std::int64_t base = 0, tile = 0;
};

// The first that fits decides.
constexpr Rule rules[] = {
    {.prefix = "gpt-4.1-mini", .factor = 1.62},
    {.prefix = "gpt-4.1-nano", .factor = 2.46},
    {.prefix = "o4-mini", .factor = 1.72},
    {.prefix = "codex-mini", .factor = 1.72},
    {.prefix = "gpt-5-mini", .factor = 1.2},
    {.prefix = "gpt-5-nano", .factor = 1.5},
    {.prefix = "gpt-5.1", .base = 70, .tile = 140},
    {.prefix = "gpt-5.", .factor = 1.2},
    {.prefix = "gpt-5", .base = 70, .tile = 140},
    {.prefix = "gpt-6", .factor = 1.2},
    {.prefix = "gpt-4o-mini", .base = 2833, .tile = 5667},
    {.prefix = "o1", .base = 75, .tile = 150},
    {.prefix = "o3", .base = 75, .tile = 150},
    {.prefix = "computer-use-preview", .base = 65, .tile = 129},
    {.prefix = "", .base = 85, .tile = 170},
};

std::int64_t tiles_of(double width, double height) {
  double scale = std::min(1.0, fit_side / std::max(width, height));
  width *= scale, height *= scale;
  scale = std::min(1.0, short_side / std::min(width, height));
  auto count = [&](double side) { return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(std::floor(side * scale) / tile_side))); };
  return count(width) * count(height);
}

std::int64_t patches_of(double width, double height) {
  auto count = [](double side) { return static_cast<std::int64_t>(std::ceil(side / patch_side)); };
  if (count(width) * count(height) <= static_cast<std::int64_t>(patches_max)) return count(width) * count(height);
  double scale = std::sqrt(patch_side * patch_side * patches_max / (width * height));
  // Then so that one side is a whole number of patches.
  double across = width * scale / patch_side, down = height * scale / patch_side;
  scale *= std::min(std::max(1.0, std::floor(across)) / across, std::max(1.0, std::floor(down)) / down);
  constexpr double rounding = 1e-9;
  return std::min(static_cast<std::int64_t>(patches_max), count(width * scale - rounding) * count(height * scale - rounding));
}

// What a model of Anthropic's takes at most.
struct Sight {
  double side = 0;
  std::int64_t tokens = 0;
};

Sight sight_of(std::string_view model) {
  constexpr Sight usual{1568, 1568}, sharp{2576, 4784};
  // claude-3-…, claude-sonnet-4-5, claude-opus-4-7: the version is the first one or two numbers.
  std::int64_t major = 0, minor = 0;
  std::size_t at = model.find_first_of("0123456789");
  auto number = [&] {
    std::int64_t value = 0;
    std::size_t digits = 0;
    for (; at < model.size() && model[at] >= '0' && model[at] <= '9' && digits < 9; ++at, ++digits) value = value * 10 + (model[at] - '0');
    return digits <= 2 ? value : 0;  // longer ones are dates
  };
  if (at == std::string_view::npos) return usual;
  major = number();
  if (at < model.size() && (model[at] == '-' || model[at] == '.')) {
    ++at;
    minor = number();
  }
  constexpr std::int64_t sharp_major = 4, sharp_minor = 7;
  return major > sharp_major || (major == sharp_major && minor >= sharp_minor) ? sharp : usual;
}

std::int64_t anthropic_tokens(std::string_view model, double width, double height) {
  constexpr double pixels_per_token = 750;
  Sight sight = sight_of(model);
  double scale = std::min(1.0, sight.side / std::max(width, height));
  auto tokens = static_cast<std::int64_t>(std::ceil(width * scale * height * scale / pixels_per_token));
  return std::clamp<std::int64_t>(tokens, 1, sight.tokens);
}

std::int64_t google_tokens(std::string_view model, double width, double height) {
  constexpr std::int64_t each = 258, most_of_later = 1120;
  constexpr double small = 384, least_side = 256, most_side = 768, share = 1.5;
  bool early = model.find("gemini-1") != std::string_view::npos || model.find("gemini-2") != std::string_view::npos;
  if (!early) return most_of_later;
  if (width <= small && height <= small) return each;
  double side = std::clamp(std::floor(std::min(width, height) / share), least_side, most_side);
  auto count = [&](double length) { return static_cast<std::int64_t>(std::ceil(length / side)); };
  return count(width) * count(height) * each;
}

}  // namespace

std::optional<std::int64_t> picture_tokens(std::string_view model, std::int64_t width, std::int64_t height, ImageDetail detail) {
  auto wide = static_cast<double>(std::clamp<std::int64_t>(width, 1, side_max)), high = static_cast<double>(std::clamp<std::int64_t>(height, 1, side_max));
  switch (token_family_of(model)) {
    case TokenFamily::openai: return image_tokens(model, width, height, detail);
    case TokenFamily::anthropic: return anthropic_tokens(ModelName(model).text(), wide, high);
    case TokenFamily::gemini: return google_tokens(ModelName(model).text(), wide, high);
    default: return std::nullopt;
  }
}

std::int64_t image_tokens(std::string_view model, std::int64_t width, std::int64_t height, ImageDetail detail) {
  if (width <= 0 || height <= 0) return 0;
  ModelName name(model);
  const Rule& rule = *std::find_if(std::begin(rules), std::end(rules), [&](const Rule& one) { return name.starts_with(one.prefix); });
  auto wide = static_cast<double>(std::min(width, side_max)), high = static_cast<double>(std::min(height, side_max));
  if (rule.factor > 0) return static_cast<std::int64_t>(std::ceil(static_cast<double>(patches_of(wide, high)) * rule.factor));
  return detail == ImageDetail::low ? rule.base : rule.base + rule.tile * tiles_of(wide, high);
}

}  // namespace tollgate
