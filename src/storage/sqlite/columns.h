#pragma once
// Records as rows of whole numbers, in the order of the view's columns: the one place that pairs them.

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "storage/journal/format.h"

namespace tollgate {

inline constexpr std::string_view request_columns[] = {"id_high",
                                                       "id_low",
                                                       "at_ns",
                                                       "finished_at_ns",
                                                       "user",
                                                       "cost_nano_usd",
                                                       "saved_nano_usd",
                                                       "first_token_ms",
                                                       "duration_ms",
                                                       "input_tokens",
                                                       "cache_read_tokens",
                                                       "cache_write_5m_tokens",
                                                       "cache_write_1h_tokens",
                                                       "audio_input_tokens",
                                                       "output_tokens",
                                                       "reasoning_tokens",
                                                       "audio_output_tokens",
                                                       "image_count",
                                                       "key",
                                                       "team",
                                                       "feature",
                                                       "tags",
                                                       "route",
                                                       "endpoint",
                                                       "dialect",
                                                       "provider",
                                                       "model",
                                                       "region",
                                                       "error_code",
                                                       "price",
                                                       "http_status",
                                                       "attempts",
                                                       "stream",
                                                       "status",
                                                       "usage_source",
                                                       "cache",
                                                       "corrects_high",
                                                       "corrects_low",
                                                       "origin"};
// Of rows that were added afterwards: those that an older view does not have.
inline constexpr std::string_view added_columns[] = {"corrects_high", "corrects_low", "origin"};
inline constexpr std::string_view attempt_columns[] = {"id_high",
                                                       "id_low",
                                                       "n",
                                                       "started_at_ns",
                                                       "duration_ms",
                                                       "first_token_ms",
                                                       "cost_nano_usd",
                                                       "input_tokens",
                                                       "cache_read_tokens",
                                                       "cache_write_5m_tokens",
                                                       "cache_write_1h_tokens",
                                                       "audio_input_tokens",
                                                       "output_tokens",
                                                       "reasoning_tokens",
                                                       "audio_output_tokens",
                                                       "image_count",
                                                       "provider",
                                                       "model",
                                                       "credential",
                                                       "region",
                                                       "error_class",
                                                       "price",
                                                       "http_status",
                                                       "phase",
                                                       "usage_source",
                                                       "image_input_tokens",
                                                       "video_input_tokens",
                                                       "cached_audio_tokens",
                                                       "cached_image_tokens",
                                                       "image_output_tokens",
                                                       "video_output_tokens",
                                                       "audio_ms",
                                                       "characters",
                                                       "pages",
                                                       "annotated_pages",
                                                       "web_searches",
                                                       "file_searches",
                                                       "service_tier"};
// What is billed beside tokens: an older view does not have it.
inline constexpr std::span<const std::string_view> added_attempt_columns = std::span(attempt_columns).last(13);

using RequestValues = std::array<std::int64_t, std::size(request_columns)>;
using AttemptValues = std::array<std::int64_t, std::size(attempt_columns)>;

RequestValues values_of(const RequestRecord& record);
AttemptValues values_of(const AttemptRecord& record);
RequestRecord request_of(const RequestValues& values);
AttemptRecord attempt_of(const AttemptValues& values);

// The record of a question for all request_columns, in their order, where it stands now.
class Statement;
RequestRecord request_in(const Statement& statement);

// Where a column stands. REQUIRES: there is one of that name.
std::size_t request_column(std::string_view name);

// Ids order in the view as signed numbers.
struct ViewOrder {
  std::int64_t high, low;
  friend auto operator<=>(const ViewOrder&, const ViewOrder&) = default;
};
inline ViewOrder view_order(RequestId id) {
  return {static_cast<std::int64_t>(id.high), static_cast<std::int64_t>(id.low)};
}

}  // namespace tollgate
