#include "dialects/gemini/media_type.h"

#include <algorithm>

#include "base/text.h"

namespace tollgate::gemini {
namespace {

struct Row {
  std::string_view mark;
  std::string_view type;
};

// The types that Gemini reads. Source: ai.google.dev, "Files API" and "Document understanding", as the recorded requests use them.
constexpr Row extensions[] = {
    {"png", "image/png"},      {"jpg", "image/jpeg"},       {"jpeg", "image/jpeg"},   {"webp", "image/webp"},
    {"gif", "image/gif"},      {"heic", "image/heic"},      {"heif", "image/heif"},   {"pdf", "application/pdf"},
    {"txt", "text/plain"},     {"md", "text/markdown"},     {"html", "text/html"},    {"csv", "text/csv"},
    {"wav", "audio/wav"},      {"mp3", "audio/mp3"},        {"aiff", "audio/aiff"},   {"aac", "audio/aac"},
    {"ogg", "audio/ogg"},      {"flac", "audio/flac"},      {"mp4", "video/mp4"},     {"mpeg", "video/mpeg"},
    {"mov", "video/quicktime"}, {"avi", "video/x-msvideo"}, {"webm", "video/webm"},   {"wmv", "video/x-ms-wmv"}};

constexpr Row first_bytes[] = {{"iVBORw0KGgo", "image/png"}, {"/9j/", "image/jpeg"}, {"R0lGOD", "image/gif"},
                               {"UklGR", "image/webp"},      {"JVBERi", "application/pdf"}};

}  // namespace

std::string_view media_type_of_url(std::string_view url) {
  std::string_view path = url.substr(0, url.find_first_of("?#"));
  std::size_t slash = path.find_last_of('/'), dot = path.find_last_of('.');
  if (dot == std::string_view::npos || (slash != std::string_view::npos && dot < slash)) return {};
  std::string_view extension = path.substr(dot + 1);
  for (const Row& row : extensions)
    if (iequals(row.mark, extension)) return row.type;
  return {};
}

std::string_view media_type_of_base64(std::string_view base64) {
  for (const Row& row : first_bytes)
    if (base64.starts_with(row.mark)) return row.type;
  return {};
}

}  // namespace tollgate::gemini
