#include "dialects/picture_size.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "dialects/prompt_pictures.h"

namespace tollgate {
namespace {

constexpr std::string_view png = "iVBORw0KGgoAAAANSUhEUgAABAAAAAMACAIAAAA=";  // 1024 x 768

std::string jpeg(std::size_t before) {
  using namespace std::string_literals;
  std::string bytes = "\xFF\xD8"s;
  for (std::size_t left = before; left > 0;) {
    std::size_t here = std::min<std::size_t>(left, 60'000);
    bytes += "\xFF\xE1"s + static_cast<char>((here + 2) >> 8) + static_cast<char>((here + 2) & 0xFF) + std::string(here, 'x');
    left -= here;
  }
  bytes += "\xFF\xC4\x00\x04zz\xFF\xFF\xC2\x00\x0B\x08\x01\xE0\x02\x80\x03zzzzzz"s;
  std::string base64;
  append_base64(base64, bytes);
  return base64;
}

TEST(PictureSize, IsReadFromTheFirstBytes) {
  EXPECT_EQ(size_of_picture(png), (PictureSize{1024, 768}));
  EXPECT_EQ(size_of_picture("R0lGODlhQAHIAAAAAA=="), (PictureSize{320, 200}));
  EXPECT_EQ(size_of_picture("UklGRh4AAABXRUJQVlA4WAoAAAAAAAAAzwcA5wMA"), (PictureSize{2000, 1000}));
  EXPECT_EQ(size_of_picture("UklGRh4AAABXRUJQVlA4IAoAAAAAAACdASomAnAB"), (PictureSize{550, 368}));
  EXPECT_EQ(size_of_picture("UklGRh4AAABXRUJQVlA4TAoAAAAvJcJbAAAA"), (PictureSize{550, 368}));
  EXPECT_EQ(size_of_picture(jpeg(600)), (PictureSize{640, 480}));
  EXPECT_EQ(size_of_picture(jpeg(180'000)), (PictureSize{640, 480}));
}

TEST(PictureSize, OfAnythingElseIsUnknown) {
  EXPECT_EQ(size_of_picture(""), std::nullopt);
  EXPECT_EQ(size_of_picture("!!!!"), std::nullopt);
  EXPECT_EQ(size_of_picture("aGVsbG8gd29ybGQ="), std::nullopt);
  EXPECT_EQ(size_of_picture(jpeg(300'000)), std::nullopt);
  for (std::size_t cut = 0; cut < png.size() - 8; ++cut) EXPECT_EQ(size_of_picture(png.substr(0, cut)), std::nullopt) << cut;
  std::string whole = jpeg(600);
  for (std::size_t cut = 0; cut < whole.size() - 12; cut += 3) EXPECT_EQ(size_of_picture(whole.substr(0, cut)), std::nullopt) << cut;
}

TEST(PromptPictures, AreFoundInEveryDialect) {
  const std::string data(png);
  const std::string bodies[] = {
      R"({"messages":[{"role":"user","content":[{"type":"text","text":"?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,)" + data + R"("}}]}]})",
      R"({"input":[{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,)" + data + R"("}]}]})",
      R"({"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":")" + data + R"("}}]}]})",
      R"({"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":")" + data + R"("}}]}]})",
      R"({"contents":[{"parts":[{"inline_data":{"mime_type":"image/png","data":")" + data + R"("}}]}]})",
      R"({"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":")" + data + R"("}}}]}]})",
      R"({"messages":[{"role":"user","content":"?","images":[")" + data + R"("]}]})",
      R"({"prompt":"?","images":[")" + data + R"("]})",
  };
  for (const std::string& body : bodies) {
    auto found = pictures_of({body, json::Kind::object});
    ASSERT_EQ(found.size(), 1U) << body;
    EXPECT_EQ(found[0].size, (PictureSize{1024, 768})) << body;
    EXPECT_FALSE(found[0].low_detail);
  }
}

TEST(PromptPictures, ElsewhereHaveNoSize) {
  constexpr std::string_view body =
      R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a.png","detail":"low"}}]}]})";
  auto found = pictures_of({body, json::Kind::object});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FALSE(found[0].size);
  EXPECT_TRUE(found[0].low_detail);
}

}  // namespace
}  // namespace tollgate
