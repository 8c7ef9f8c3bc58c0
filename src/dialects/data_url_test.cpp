#include "dialects/data_url.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

TEST(DataUrl, IsTakenApartAndPutTogetherAgain) {
  Media media = media_from_url(Media::Kind::image, "data:image/png;base64,AAEC");
  EXPECT_EQ(media.source, Media::Source::base64);
  EXPECT_EQ(media.media_type, "image/png");
  EXPECT_EQ(media.data, "AAEC");
  EXPECT_EQ(url_of(media), "data:image/png;base64,AAEC");
}

TEST(DataUrl, LeavesOtherUrlsAlone) {
  Media media = media_from_url(Media::Kind::image, "https://example.com/a.png");
  EXPECT_EQ(media.source, Media::Source::url);
  EXPECT_EQ(url_of(media), "https://example.com/a.png");
}

TEST(DataUrl, IgnoresParametersAndTheCaseOfLetters) {
  auto data = parse_data_url("DATA:text/plain;charset=utf-8;Base64,QQ==");
  ASSERT_TRUE(data);
  EXPECT_EQ(data->media_type, "text/plain");
  EXPECT_EQ(data->base64, "QQ==");
}

TEST(DataUrl, RefusesOnesThatAreNotInBase64) {
  EXPECT_FALSE(parse_data_url("data:text/plain,hello"));
  EXPECT_FALSE(parse_data_url("data:text/plain;base64"));
}

}  // namespace
}  // namespace tollgate
