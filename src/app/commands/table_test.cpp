#include "app/commands/table.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

TEST(Table, MakesColumnsAsWideAsTheirWidestCell) {
  Table table({{"NAME"}, {"COST", Align::right}});
  table.add({"a", "1.25"});
  table.add({"search-dev", "10"});
  EXPECT_EQ(table.text(),
            "NAME        COST\n"
            "a           1.25\n"
            "search-dev    10\n");
}

TEST(Table, CountsCharactersRatherThanBytes) {
  Table table({{"USER"}, {"N", Align::right}});
  table.add({"Jürgen", "1"});
  table.add({"Arthur", "2"});
  EXPECT_EQ(table.text(),
            "USER    N\n"
            "Jürgen  1\n"
            "Arthur  2\n");
}

TEST(Table, LeavesNoBlanksAtTheEndOfALine) {
  Table table({{"A"}, {"LONG TITLE"}});
  table.add({"x", ""});
  EXPECT_EQ(table.text(), "A  LONG TITLE\nx\n");
}

TEST(Table, ShowsNoControlCharacterOfAName) {
  EXPECT_EQ(for_terminal("a\x1b[2Jb\nc\x7f"), "a?[2Jb?c?");
  EXPECT_EQ(for_terminal("x\xc2\x9b"
                         "31m"),
            "x?31m");  // U+009B begins an escape sequence too
  EXPECT_EQ(for_terminal("Jürgen\xc2\xa0"), "Jürgen\xc2\xa0");
}

}  // namespace
}  // namespace tollgate
