#include "dialects/envelope.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

TEST(Envelope, GivesBackWhatWasPutIn) {
  Envelope in{.origin = "gemini", .signature = "Es\"ig\n\xC3\xA9", .redacted = "r", .id = "rs_1"};
  auto out = open_envelope(seal_envelope(in));
  ASSERT_TRUE(out);
  EXPECT_EQ(out->origin, in.origin);
  EXPECT_EQ(out->signature, in.signature);
  EXPECT_EQ(out->redacted, in.redacted);
  EXPECT_EQ(out->id, in.id);
}

TEST(Envelope, TakesForeignTextsForNone) {
  for (std::string_view text : {"", "ErUB", "tg1.", "tg1.!!", "tg1.W10", "tg2.e30"}) EXPECT_FALSE(open_envelope(text)) << text;
}

TEST(Envelope, LeavesNativeSignaturesAsTheyAre) {
  Reasoning own{.text = "t", .signature = "sig", .origin = "anthropic"}, read;
  EXPECT_EQ(shown_signature(own, "anthropic"), "sig");
  take_signature(read, "sig", "anthropic");
  EXPECT_EQ(read.origin, "anthropic");
  std::string shown = shown_signature(own, "openai");
  EXPECT_TRUE(shown.starts_with("tg1."));
  Reasoning back;
  take_signature(back, shown, "openai");
  EXPECT_EQ(back.origin, "anthropic");
  EXPECT_EQ(back.signature, "sig");
}

}  // namespace
}  // namespace tollgate
