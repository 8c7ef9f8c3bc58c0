#pragma once
// A table for people: columns as wide as their widest cell, two blanks between them, numbers to the right.
//
//   Table table({{"NAME"}, {"COST", Align::right}});
//   table.add({"search-dev", "1.25"});
//   write_out(table.text());
//
// Cells may hold what callers chose as names: control characters are shown as `?`, so none of them reaches the
// terminal. Width counts characters, not bytes; wide ones of East Asia are taken as one.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate {

enum class Align : std::uint8_t { left, right };

class Table {
 public:
  struct Column {
    std::string title;
    Align align = Align::left;
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // REQUIRES: as many cells as columns.
  void add(std::vector<std::string> cells);
  std::string text() const;

 private:
  std::vector<std::size_t> widths() const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// The text without control characters (also those of U+0080 to U+009F).
std::string for_terminal(std::string_view text);

}  // namespace tollgate
