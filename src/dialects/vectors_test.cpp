#include "dialects/vectors.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

TEST(Vectors, GoFromNumbersToBase64AndBackWithoutLoss) {
  std::string base64 = vector_as("[0.25, -0.5, 1.0, 1e-7]", VectorForm::base64);
  EXPECT_EQ(base64.substr(0, 18), "\"AACAPgAAAL8AAIA/l");
  EXPECT_EQ(vector_as(base64, VectorForm::numbers), "[0.25,-0.5,1,1e-07]");
}

TEST(Vectors, StayAsTheyAreInTheRightForm) {
  EXPECT_EQ(vector_as("[1.50]", VectorForm::numbers), "[1.50]");
  EXPECT_EQ(vector_as("\"AACAPg==\"", VectorForm::base64), "\"AACAPg==\"");
  EXPECT_EQ(vector_as("\"no base64!\"", VectorForm::numbers), "\"no base64!\"");
}

}  // namespace
}  // namespace tollgate
