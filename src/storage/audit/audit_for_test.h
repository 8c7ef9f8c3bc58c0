#pragma once
// An audit log on a disk in memory, with persons, a signing key and clocks that tests move.

#include <gtest/gtest.h>

#include <map>

#include "crypto/seal.h"
#include "storage/audit/log.h"
#include "storage/audit/verify.h"
#include "storage/journal/fake_disk.h"

namespace tollgate {

// Keys of persons in memory.
class SealerForTest final : public ValueSealer {
 public:
  Result<std::string> seal(std::uint64_t person, std::string_view text) override {
    auto key = keys.try_emplace(person, crypto::Key::random()).first;
    return crypto::seal(key->second, text, "test");
  }
  std::optional<std::string> open(std::uint64_t person, std::string_view sealed) override {
    auto key = keys.find(person);
    auto text = key == keys.end() ? std::nullopt : crypto::open(key->second, sealed, "test");
    return text ? std::optional(std::string(text->reveal())) : std::nullopt;
  }
  Result<void> sync() override { return {}; }
  Result<void> forget(std::uint64_t person) override {
    keys.erase(person);
    return {};
  }
  std::map<std::uint64_t, crypto::Key> keys;
};

inline crypto::Key key_for_test(char fill) { return *crypto::Key::from_bytes(std::string(crypto::key_size, fill)); }
inline constexpr WallTime audit_noon{1'800'000'000'000'000'000};

// A request that reads like a real one.
inline RequestRow audit_row_for_test(std::uint64_t number) {
  RequestRow row;
  row.id = {number + 1, number};
  row.at = audit_noon + milliseconds(static_cast<std::int64_t>(number));
  row.finished_at = row.at + milliseconds(750);
  row.key = number % 2 == 0 ? "search-dev" : "chat-prod";
  row.attribution = {.team = "search", .user = number % 3 == 0 ? "alice" : "bob", .feature = "autocomplete", .tags = {{"env", "dev"}}};
  row.route = row.model = "gpt-4o";
  row.endpoint = "/v1/chat/completions";
  row.dialect = "openai_chat";
  row.provider = "openai";
  row.status = RowStatus::ok;
  row.http_status = 200;
  row.usage.input = {100};
  row.usage.output = {20};
  row.cost = {1'234'000};
  row.price_id = "gpt-4o@2026-01";
  row.duration_ms = 750;
  return row;
}

struct AuditLogForTest {
  explicit AuditLogForTest(FakeDisk& where, AuditLogSettings how = {}) : disk(where), settings(how) {}

  Result<void> open() {
    auto opened = AuditLog::open(disk, signing, {.person_of = [](std::string_view name) { return id_of(name); }, .sealer = &sealer,
                                       .erased = [this](std::uint64_t person) { erased.push_back(person); }},
                                 settings, now, wall);
    if (!opened) return std::unexpected(opened.error());
    log = std::move(*opened);
    return {};
  }
  // As a kill of the process would.
  void abandon() { log.reset(); }
  void stop() {
    ASSERT_TRUE(log->close(now, wall).has_value());
    log.reset();
  }

  Result<std::uint64_t> append(std::uint64_t number) {
    const RequestRow row = audit_row_for_test(number);
    return log->append(AuditRequest{.row = row});
  }
  // Requests, each group written.
  void write(std::uint64_t from, std::uint64_t to, std::uint64_t group = 100) {
    for (std::uint64_t number = from; number < to; ++number) {
      ASSERT_TRUE(append(number).has_value());
      const bool ends = (number + 1) % group == 0 || number + 1 == to;
      ASSERT_TRUE(!ends || log->step(now, wall).has_value());
    }
  }

  AuditVerifyReport verify(std::vector<std::string> checkpoints = {}) const { return verify_on(disk, std::move(checkpoints)); }
  AuditVerifyReport verify_on(FakeDisk& where, std::vector<std::string> checkpoints = {}) const {
    auto report = verify_audit(where, {.keys = std::span(&signing.public_key(), 1), .checkpoints = std::move(checkpoints)});
    EXPECT_TRUE(report.has_value()) << report.error().detail;
    return report ? std::move(*report) : AuditVerifyReport{};
  }

  static std::uint64_t id_of(std::string_view name) { return std::hash<std::string_view>{}(name) | 1; }

  FakeDisk& disk;
  AuditLogSettings settings;
  SealerForTest sealer;
  std::vector<std::uint64_t> erased;  // by commands
  crypto::SigningKey signing{key_for_test('s')};
  Instant now{1'000'000'000};
  WallTime wall = audit_noon;
  std::unique_ptr<AuditLog> log;
};

}  // namespace tollgate
