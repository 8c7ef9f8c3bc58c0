#include "app/commands/table.h"

#include <algorithm>
#include <cassert>

namespace tollgate {
namespace {

constexpr std::size_t gap = 2;

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, starts_character));
}

void append_line(std::string& out, const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
                 const std::vector<Table::Column>& columns) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out.append(gap, ' ');
    std::size_t padding = widths[i] - width_of(cells[i]);
    if (columns[i].align == Align::right) out.append(padding, ' ');
    out += cells[i];
    if (columns[i].align == Align::left) out.append(padding, ' ');
  }
  while (out.ends_with(' ')) out.pop_back();
  out += '\n';
}

}  // namespace

std::string for_terminal(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : '\0';
    bool high_control = byte == 0xC2 && next >= 0x80 && next <= 0x9F;  // U+0080 to U+009F in UTF-8
    bool control = byte < ' ' || byte == 0x7F || high_control;
    out += control ? '?' : text[i];
    if (high_control) ++i;
  }
  return out;
}

void Table::add(std::vector<std::string> cells) {
  assert(cells.size() == columns_.size());
  for (std::string& cell : cells) cell = for_terminal(cell);
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> Table::widths() const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) widths.push_back(width_of(column.title));
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  return widths;
}

std::string Table::text() const {
  std::string out;
  const auto room = widths();
  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(column.title);
  append_line(out, titles, room, columns_);
  for (const auto& row : rows_) append_line(out, row, room, columns_);
  return out;
}

}  // namespace tollgate
