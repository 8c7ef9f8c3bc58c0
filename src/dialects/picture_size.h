#pragma once
// The size of a picture, from the first bytes of its file: PNG, JPEG, GIF and WebP. Nothing of it is decoded.
//
// Sources: PNG 11.2.2 (IHDR), JPEG ITU-T T.81 B.2.2 (frame header), GIF89a 18 (logical screen), WebP container RFC 9649.

#include <cstdint>
#include <optional>
#include <string_view>

namespace tollgate {

struct PictureSize {
  std::int64_t width = 0, height = 0;
  friend bool operator==(const PictureSize&, const PictureSize&) = default;
};

// Empty for other files, cut ones, and JPEGs whose header lies behind more than 256 KiB of something else.
std::optional<PictureSize> size_of_picture(std::string_view base64);

}  // namespace tollgate
