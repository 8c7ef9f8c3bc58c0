#include "storage/vault/vault_file.h"

#include <gtest/gtest.h>

#include <utility>

namespace tollgate {
namespace {

constexpr WallTime noon{1'700'000'000'000'000'000};
const crypto::Key master = *crypto::Key::parse("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");

crypto::Keyring ring_of(const crypto::Key& key) { return *crypto::Keyring::of({key}); }

VaultRows two_secrets(const crypto::Keyring& ring) {
  VaultRows vault{.generation = 7, .rows = {}};
  for (std::string name : {"anthropic", "openai"}) {
    VaultRow row{.name = name, .version = 5, .created = noon, .changed = noon, .envelope = {}};
    row.envelope = ring.seal(row.label(), "sk-canary-" + name);
    vault.rows.push_back(row);
  }
  return vault;
}

std::string line_of(const std::string& text, int number) {
  std::size_t at = 0;
  for (int i = 0; i < number; ++i) at = text.find('\n', at) + 1;
  return text.substr(at, text.find('\n', at) + 1 - at);
}

TEST(VaultFile, ReadsWhatItWrote) {
  crypto::Keyring ring = ring_of(master);
  auto read = read_vault(*write_vault(two_secrets(ring), ring), ring);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->generation, 7u);
  const VaultRow* row = read->find("openai");
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->changed, noon);
  EXPECT_EQ(ring.open(row->label(), row->envelope)->reveal(), "sk-canary-openai");
  EXPECT_EQ(read->find("none"), nullptr);
}

TEST(VaultFile, NeverOpensWithOneFlippedBit) {
  crypto::Keyring ring = ring_of(master);
  const std::string text = *write_vault(two_secrets(ring), ring);
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
    std::string broken = text;
    broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(read_vault(broken, ring).has_value()) << "byte " << bit / 8 << " bit " << bit % 8;
  }
}

TEST(VaultFile, NeverOpensWhenCutOrLengthened) {
  crypto::Keyring ring = ring_of(master);
  const std::string text = *write_vault(two_secrets(ring), ring);
  for (std::size_t size = 0; size < text.size(); ++size)
    ASSERT_FALSE(read_vault(text.substr(0, size), ring).has_value()) << size;
  EXPECT_FALSE(read_vault(text + "\n", ring).has_value());
  EXPECT_FALSE(read_vault(text + "{}\n", ring).has_value());
  EXPECT_FALSE(read_vault(text + text, ring).has_value());
}

TEST(VaultFile, NoticesRowsThatWereDroppedDoubledOrMoved) {
  crypto::Keyring ring = ring_of(master);
  const std::string text = *write_vault(two_secrets(ring), ring);
  std::string head = line_of(text, 0), a = line_of(text, 1), b = line_of(text, 2), end = line_of(text, 3);
  ASSERT_TRUE(read_vault(head + a + b + end, ring).has_value());
  for (const std::string& wrong :
       {head + a + end, head + b + end, head + end, head + b + a + end, head + a + a + b + end, a + b + end})
    EXPECT_FALSE(read_vault(wrong, ring).has_value());
}

// Even somebody who could make the tag cannot put one secret in another one's place.
TEST(VaultFile, DoesNotOpenRowsThatWereSwapped) {
  crypto::Keyring ring = ring_of(master);
  VaultRows vault = two_secrets(ring);
  std::swap(vault.rows[0].envelope, vault.rows[1].envelope);
  auto read = read_vault(*write_vault(vault, ring), ring);
  ASSERT_TRUE(read.has_value());
  for (const VaultRow& row : read->rows) EXPECT_FALSE(ring.open(row.label(), row.envelope).has_value());
}

TEST(VaultFile, SaysWhichMasterKeyItWants) {
  crypto::Key other = crypto::Key::random();
  crypto::Keyring ring = ring_of(master);
  auto read = read_vault(*write_vault(two_secrets(ring), ring), ring_of(other));
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().detail, "sealed with master key " + crypto::master_id(master) +
                                     ", but the master key given here is " + crypto::master_id(other));
}

TEST(VaultFile, RefusesAnotherFormatAndANewerVersion) {
  crypto::Keyring ring = ring_of(master);
  EXPECT_FALSE(read_vault("{\"format\":\"tollgate-keys\",\"version\":1,\"generation\":1}\n{\"tag\":\"00\"}\n", ring)
                   .has_value());
  EXPECT_EQ(read_vault("{\"format\":\"tollgate-vault\",\"version\":2,\"generation\":1}\n{\"tag\":\"00\"}\n", ring)
                .error()
                .detail,
            "has format version 2; this program reads 1");
}

}  // namespace
}  // namespace tollgate
