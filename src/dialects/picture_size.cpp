#include "dialects/picture_size.h"

#include <algorithm>
#include <string>

#include "base/base64.h"

namespace tollgate {
namespace {

constexpr std::size_t first_bytes = 48, jpeg_bytes_max = 256 * 1024;

// The first bytes of a file, of which only whole groups of four characters are decoded.
std::string beginning(std::string_view base64, std::size_t bytes) {
  std::size_t characters = std::min(base64.size(), (bytes + 2) / 3 * 4) / 4 * 4;
  return decode_base64(base64.substr(0, characters)).value_or(std::string());
}

class Bytes {
 public:
  explicit Bytes(std::string_view text) : text_(text) {}
  bool has(std::size_t at, std::size_t count) const { return at <= text_.size() && count <= text_.size() - at; }
  std::int64_t byte(std::size_t at) const { return static_cast<unsigned char>(text_[at]); }
  std::int64_t big16(std::size_t at) const { return byte(at) << 8 | byte(at + 1); }
  std::int64_t big32(std::size_t at) const { return big16(at) << 16 | big16(at + 2); }
  std::int64_t little16(std::size_t at) const { return byte(at + 1) << 8 | byte(at); }
  std::int64_t little24(std::size_t at) const { return byte(at + 2) << 16 | little16(at); }
  std::string_view word(std::size_t at, std::size_t size) const { return text_.substr(at, size); }

 private:
  std::string_view text_;
};

// Segment by segment to the frame header, which is any of SOF0 to SOF15 but DHT, JPG and DAC.
std::optional<PictureSize> size_of_jpeg(Bytes bytes) {
  constexpr std::int64_t first_frame = 0xC0, last_frame = 0xCF, tables = 0xC4, reserved = 0xC8, conditioning = 0xCC, scan = 0xDA, fill = 0xFF;
  for (std::size_t at = 2; bytes.has(at, 9);) {
    if (bytes.byte(at) != fill) return std::nullopt;
    std::int64_t marker = bytes.byte(at + 1);
    if (marker == fill) {
      ++at;
      continue;
    }
    bool frame = marker >= first_frame && marker <= last_frame && marker != tables && marker != reserved && marker != conditioning;
    if (frame) return PictureSize{bytes.big16(at + 7), bytes.big16(at + 5)};
    if (marker == scan) return std::nullopt;
    at += 2 + static_cast<std::size_t>(bytes.big16(at + 2));
  }
  return std::nullopt;
}

std::optional<PictureSize> size_of_webp(Bytes bytes) {
  constexpr std::int64_t fourteen_bits = 0x3FFF;
  std::string_view kind = bytes.word(12, 4);
  if (kind == "VP8X" && bytes.has(24, 6)) return PictureSize{bytes.little24(24) + 1, bytes.little24(27) + 1};
  if (kind == "VP8 " && bytes.has(26, 4)) return PictureSize{bytes.little16(26) & fourteen_bits, bytes.little16(28) & fourteen_bits};
  if (kind != "VP8L" || !bytes.has(21, 4)) return std::nullopt;
  std::int64_t packed = bytes.little16(21) | bytes.little16(23) << 16;
  return PictureSize{(packed & fourteen_bits) + 1, (packed >> 14 & fourteen_bits) + 1};
}

std::optional<PictureSize> size_in(std::string_view first, std::string_view base64) {
  Bytes bytes(first);
  if (first.starts_with("\x89PNG\r\n\x1a\n") && bytes.has(16, 8)) return PictureSize{bytes.big32(16), bytes.big32(20)};
  if (first.starts_with("GIF8") && bytes.has(6, 4)) return PictureSize{bytes.little16(6), bytes.little16(8)};
  if (first.starts_with("RIFF") && bytes.has(8, 8) && bytes.word(8, 4) == "WEBP") return size_of_webp(bytes);
  if (!first.starts_with("\xFF\xD8\xFF")) return std::nullopt;
  std::string longer = beginning(base64, jpeg_bytes_max);
  return size_of_jpeg(Bytes(longer));
}

}  // namespace

std::optional<PictureSize> size_of_picture(std::string_view base64) {
  auto size = size_in(beginning(base64, first_bytes), base64);
  if (size && (size->width <= 0 || size->height <= 0)) return std::nullopt;
  return size;
}

}  // namespace tollgate
