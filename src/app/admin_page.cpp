#include "app/admin_page.h"

#include <fmt/format.h>

#include "app/version.h"

namespace tollgate {
namespace {

constexpr std::size_t keys_shown = 200;

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

constexpr std::string_view head = R"(<!doctype html><html lang="en"><meta charset="utf-8"><title>Tollgate</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:right;padding:.3rem .6rem;border-bottom:1px solid #ddd}
th:first-child,td:first-child{text-align:left}</style>)";

}  // namespace

std::string admin_page(Telemetry& telemetry, std::uint16_t model_port) {
  std::string html(head);
  html += fmt::format("<h1>Tollgate {}</h1><p>Models are served on port {}. The dashboard is not built yet.</p>", version_text,
                      model_port);
  html += "<h2>Spend by key</h2><table><tr><th>Key<th>Requests<th>Input tokens<th>of it cached<th>Output tokens<th>USD</tr>";
  auto keys = telemetry.totals().all();
  for (std::size_t i = 0; i < keys.size() && i < keys_shown; ++i) {
    const auto& [name, use] = keys[i];
    html += fmt::format("<tr><td>{}<td>{}<td>{}<td>{}<td>{}<td>{}</tr>", escaped(name), use.requests, use.input.count,
                        use.cached.count, use.output.count, format_usd(use.cost));
  }
  html += "</table>";
  if (keys.empty()) html += "<p>No key has called yet.</p>";
  if (keys.size() > keys_shown) html += fmt::format("<p>{} more: <code>tollgate ledger report --by key</code></p>", keys.size() - keys_shown);
  html += R"(<p><a href="/metrics">Metrics</a> &middot; <a href="/livez">Alive?</a> &middot; <a href="/readyz">Ready?</a></p>)";
  return html;
}

}  // namespace tollgate
