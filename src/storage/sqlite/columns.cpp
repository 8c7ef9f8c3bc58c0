#include "storage/sqlite/columns.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <iterator>

#include "storage/sqlite/database.h"

namespace tollgate {
namespace {

// Visits the fields of a record in the order of its columns, so that reading and writing cannot differ.
template <class Record, class Visit>
void each_usage(Record& r, Visit visit) {
  auto& u = r.usage;
  visit(u.input), visit(u.cache_read), visit(u.cache_write_5m), visit(u.cache_write_1h), visit(u.audio_input);
  visit(u.output), visit(u.reasoning), visit(u.audio_output), visit(u.images);
}

template <class Record, class Visit>
void each_request_field(Record& r, Visit visit) {
  visit(r.id.high), visit(r.id.low), visit(r.at_ns), visit(r.finished_at_ns), visit(r.user), visit(r.cost_nano_usd);
  visit(r.saved_nano_usd), visit(r.first_token_ms), visit(r.duration_ms);
  each_usage(r, visit);
  visit(r.key), visit(r.team), visit(r.feature), visit(r.tags), visit(r.route), visit(r.endpoint), visit(r.dialect);
  visit(r.provider), visit(r.model), visit(r.region), visit(r.error_code), visit(r.price);
  visit(r.http_status), visit(r.attempts), visit(r.stream), visit(r.status), visit(r.usage_source), visit(r.cache);
  visit(r.corrects.high), visit(r.corrects.low), visit(r.origin);
}

template <class Record, class Visit>
void each_attempt_field(Record& r, Visit visit) {
  visit(r.id.high), visit(r.id.low), visit(r.n), visit(r.started_at_ns), visit(r.duration_ms), visit(r.first_token_ms);
  visit(r.cost_nano_usd);
  each_usage(r, visit);
  visit(r.provider), visit(r.model), visit(r.credential), visit(r.region), visit(r.error_class), visit(r.price);
  visit(r.http_status), visit(r.phase), visit(r.usage_source);
  auto& b = r.beside;
  visit(b.image_input), visit(b.video_input), visit(b.cached_audio), visit(b.cached_image);
  visit(b.image_output), visit(b.video_output), visit(b.audio_ms), visit(b.characters);
  visit(b.pages), visit(b.annotated_pages), visit(b.web_searches), visit(b.file_searches);
  visit(r.service_tier);
}

struct Writer {
  std::int64_t* next;
  template <class T>
  void operator()(const T& field) {
    *next++ = static_cast<std::int64_t>(field);
  }
};

struct Reader {
  const std::int64_t* next;
  template <class T>
  void operator()(T& field) {
    field = static_cast<T>(*next++);
  }
};

}  // namespace

RequestValues values_of(const RequestRecord& record) {
  RequestValues values;
  Writer writer{values.data()};
  each_request_field(record, std::ref(writer));
  return values;
}

AttemptValues values_of(const AttemptRecord& record) {
  AttemptValues values;
  Writer writer{values.data()};
  each_attempt_field(record, std::ref(writer));
  return values;
}

RequestRecord request_of(const RequestValues& values) {
  RequestRecord record;
  Reader reader{values.data()};
  each_request_field(record, std::ref(reader));
  return record;
}

AttemptRecord attempt_of(const AttemptValues& values) {
  AttemptRecord record;
  Reader reader{values.data()};
  each_attempt_field(record, std::ref(reader));
  return record;
}

RequestRecord request_in(const Statement& statement) {
  RequestValues values;
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = statement.integer(static_cast<int>(i));
  return request_of(values);
}

std::size_t request_column(std::string_view name) {
  auto found = std::ranges::find(request_columns, name);
  assert(found != std::end(request_columns));
  return static_cast<std::size_t>(found - std::begin(request_columns));
}

}  // namespace tollgate
