#pragma once
// `data:image/png;base64,…`: media inside a URL, as OpenAI's dialects write it.

#include <optional>
#include <string>
#include <string_view>

#include "domain/part.h"

namespace tollgate {

struct DataUrl {
  std::string_view media_type;  // may be empty
  std::string_view base64;
};

// Empty when it is no data URL, or not one in base64.
std::optional<DataUrl> parse_data_url(std::string_view url);

// Media from a URL of either sort: base64 with its type, else the URL itself.
Media media_from_url(Media::Kind kind, std::string_view url);

// The URL of either sort; of media that is neither, empty.
std::string url_of(const Media& media);

}  // namespace tollgate
