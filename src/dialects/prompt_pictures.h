#pragma once
// The pictures of a prompt where they lie in its body, whatever the dialect, with their sizes.

#include <vector>

#include "dialects/picture_size.h"
#include "json/value.h"

namespace tollgate {

struct PromptPicture {
  std::optional<PictureSize> size{};  // empty: it is elsewhere (a URL, an id), or in a form that we do not know
  bool low_detail = false;            // OpenAI's `detail: low`
};

constexpr std::size_t prompt_pictures_max = 256;  // further ones are of unknown size

// `root` is the body, an object that was scanned.
std::vector<PromptPicture> pictures_of(const json::Value& root);

}  // namespace tollgate
