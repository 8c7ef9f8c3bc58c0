#include "dialects/data_url.h"

#include "base/text.h"

namespace tollgate {

std::optional<DataUrl> parse_data_url(std::string_view url) {
  constexpr std::string_view scheme = "data:", coding = ";base64";
  if (url.size() < scheme.size() || !iequals(url.substr(0, scheme.size()), scheme)) return std::nullopt;
  std::size_t comma = url.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  std::string_view head = url.substr(scheme.size(), comma - scheme.size());
  if (head.size() < coding.size() || !iequals(head.substr(head.size() - coding.size()), coding)) return std::nullopt;
  head.remove_suffix(coding.size());
  return DataUrl{.media_type = head.substr(0, head.find(';')), .base64 = url.substr(comma + 1)};
}

Media media_from_url(Media::Kind kind, std::string_view url) {
  Media media{.kind = kind};
  if (auto data = parse_data_url(url)) {
    media.source = Media::Source::base64;
    media.media_type = data->media_type;
    media.data = data->base64;
  } else {
    media.data = url;
  }
  return media;
}

std::string url_of(const Media& media) {
  if (media.source == Media::Source::url) return media.data;
  if (media.source != Media::Source::base64) return {};
  std::string url = "data:";
  url += media.media_type.empty() ? std::string_view("application/octet-stream") : std::string_view(media.media_type);
  url += ";base64,";
  url += media.data;
  return url;
}

}  // namespace tollgate
