#include "tokens/encoding.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

TEST(Encoding, CountsWhatTiktokenCounts) {
  EXPECT_EQ(Encoding::o200k_base().count("Hello, world!"), 4);
}

}  // namespace
}  // namespace tollgate
