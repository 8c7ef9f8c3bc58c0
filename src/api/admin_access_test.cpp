#include "api/admin_access.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tollgate {
namespace {

using enum AdminAction;

TEST(AdminAccess, NobodyButTheAdminTouchesSecrets) {
  for (std::string_view method : {"GET", "PUT", "POST", "DELETE"}) {
    EXPECT_TRUE(may(AdminRole::admin, secrets, method));
    EXPECT_FALSE(may(AdminRole::operator_, secrets, method)) << method;
    EXPECT_FALSE(may(AdminRole::team, secrets, method)) << method;
  }
  EXPECT_TRUE(may(AdminRole::auditor, secrets, "GET")) << "names are shown, never values";
  EXPECT_FALSE(may(AdminRole::auditor, secrets, "PUT"));
}

TEST(AdminAccess, AuditorsReadAndChangeNothing) {
  for (AdminAction action : {keys, limits, prices, config, usage, requests, audit, targets}) EXPECT_TRUE(may(AdminRole::auditor, action, "GET"));
  for (AdminAction action : {explain, count}) EXPECT_TRUE(may(AdminRole::auditor, action, "POST")) << "questions with a body";
  for (AdminAction action : {keys, limits, reload, check})
    for (std::string_view method : {"POST", "PATCH", "DELETE"}) EXPECT_FALSE(may(AdminRole::auditor, action, method));
}

TEST(AdminAccess, TeamsReadWhatIsTheirs) {
  for (AdminAction action : {keys, limits, limits_state, usage, requests, request}) {
    EXPECT_TRUE(may(AdminRole::team, action, "GET"));
    EXPECT_TRUE(may(AdminRole::team, action, "HEAD"));
    EXPECT_FALSE(may(AdminRole::team, action, "POST"));
  }
  for (AdminAction action : {page, metrics, targets, prices, config, audit, audit_proof, explain, count}) EXPECT_FALSE(may(AdminRole::team, action, "GET"));
}

TEST(AdminAccess, WhatIsRefusedHasAName) {
  EXPECT_EQ(name_of(keys, "POST", ""), "keys.create");
  EXPECT_EQ(name_of(keys, "POST", "a/rotate"), "keys.rotate");
  EXPECT_EQ(name_of(limits, "PATCH", "a"), "limits.change");
  EXPECT_EQ(name_of(limits, "DELETE", "a"), "limits.delete");
  EXPECT_EQ(name_of(secrets, "PUT", "a"), "secrets.set");
  EXPECT_EQ(name_of(secrets, "POST", ""), "secrets.rotate_master");
  EXPECT_EQ(name_of(reload, "POST", ""), "config.reload");
  EXPECT_EQ(name_of(keys, "GET", "a"), "read");
}

TEST(AdminAccess, ATeamsQueryIsItsOwnHoweverItIsWritten) {
  EXPECT_EQ(query_of_team("", "search"), "team=search");
  EXPECT_EQ(query_of_team("by=team&team=ads&limit=5", "search"), "team=search&by=team&limit=5");
  EXPECT_EQ(query_of_team("te%61m=ads&team=ads&team=", "search"), "team=search");
  EXPECT_EQ(query_of_team("key=a%26b", "a&b c%"), "team=a%26b%20c%25&key=a%26b");
}

TEST(AdminAccess, EveryPathOfTheTableHasOneReading) {
  for (const RouteRow& row : admin_routes())
    EXPECT_EQ(std::ranges::count_if(admin_routes(), [&](const RouteRow& other) { return other.method == row.method && other.pattern == row.pattern; }), 1)
        << row.method << " " << row.pattern;
}

}  // namespace
}  // namespace tollgate
