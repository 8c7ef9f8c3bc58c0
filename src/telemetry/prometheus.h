#pragma once
// The registry as Prometheus reads it: text exposition format 0.0.4.
// Source: https://prometheus.io/docs/instrumenting/exposition_formats, "Text format details", read 2026-11-22.
//
// Every family is announced, also before its first series. Numbers are written exactly, in decimals, never in
// exponents. Takes the registry's lock only for the list of series, so threads that count do not wait for the text.

#include <string>
#include <string_view>

#include "metrics/registry.h"

namespace tollgate {

constexpr std::string_view prometheus_content_type = "text/plain; version=0.0.4; charset=utf-8";

// Appends all of it.
void append_prometheus(std::string& out, const Registry& registry);

// `number` with its decimal point moved: 1500 with 3 decimals is "1.5". REQUIRES: decimals in 0..18.
std::string decimal_text(std::int64_t number, int decimals);

}  // namespace tollgate
