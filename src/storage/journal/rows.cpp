#include "storage/journal/rows.h"

#include <algorithm>

namespace tollgate {
namespace {

std::uint16_t small(int value) { return static_cast<std::uint16_t>(std::clamp(value, 0, int{UINT16_MAX})); }

// An enum out of a record that passed its checksum; a newer program's value becomes the last one we know.
template <class E>
E known(std::uint8_t value, E last) {
  return value > static_cast<std::uint8_t>(last) ? last : static_cast<E>(value);
}

std::unexpected<Error> no_place() {
  return fail(Fault::unavailable, "the ledger's dictionary of names has no place for a row's names");
}

std::uint32_t at_most_32_bits(std::int64_t count) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(count, 0, UINT32_MAX));
}

BesideCounts beside_of(const BilledBeside& beside) {
  return {.image_input = at_most_32_bits(beside.image_input.count),
          .video_input = at_most_32_bits(beside.video_input.count),
          .cached_audio = at_most_32_bits(beside.cached_audio.count),
          .cached_image = at_most_32_bits(beside.cached_image.count),
          .image_output = at_most_32_bits(beside.image_output.count),
          .video_output = at_most_32_bits(beside.video_output.count),
          .audio_ms = at_most_32_bits(beside.audio_ms),
          .characters = at_most_32_bits(beside.characters),
          .pages = at_most_32_bits(beside.pages),
          .annotated_pages = at_most_32_bits(beside.annotated_pages),
          .web_searches = at_most_32_bits(beside.web_searches),
          .file_searches = at_most_32_bits(beside.file_searches)};
}

BilledBeside beside_of(const AttemptRecord& record) {
  const BesideCounts& counts = record.beside;
  auto tier = std::min(record.service_tier, static_cast<std::uint8_t>(ServiceTier::batch));
  return {.image_input = {counts.image_input},
          .video_input = {counts.video_input},
          .cached_audio = {counts.cached_audio},
          .cached_image = {counts.cached_image},
          .image_output = {counts.image_output},
          .video_output = {counts.video_output},
          .audio_ms = counts.audio_ms,
          .characters = counts.characters,
          .pages = counts.pages,
          .annotated_pages = counts.annotated_pages,
          .web_searches = counts.web_searches,
          .file_searches = counts.file_searches,
          .tier = static_cast<ServiceTier>(tier)};
}

}  // namespace

UsageCounts counts_of(const Usage& usage) {
  return {.input = usage.input.count,
          .cache_read = usage.cache_read.count,
          .cache_write_5m = usage.cache_write_5m.count,
          .cache_write_1h = usage.cache_write_1h.count,
          .audio_input = usage.audio_input.count,
          .output = usage.output.count,
          .reasoning = usage.reasoning.count,
          .audio_output = usage.audio_output.count,
          .images = usage.image_count};
}

Usage usage_of(const UsageCounts& counts) {
  return {.input = {counts.input},
          .cache_read = {counts.cache_read},
          .cache_write_5m = {counts.cache_write_5m},
          .cache_write_1h = {counts.cache_write_1h},
          .audio_input = {counts.audio_input},
          .output = {counts.output},
          .reasoning = {counts.reasoning},
          .audio_output = {counts.audio_output},
          .image_count = counts.images};
}

Result<IntentRecord> record_of(const Intent& intent, NameCache& names) {
  const RequestRow& row = intent.row;
  IntentRecord record;
  record.id = row.id;
  record.at_ns = row.at.ns;
  record.reserved_nano_usd = intent.reserved.nano_usd;
  record.input_tokens = intent.input.count;
  record.input_nano_usd = intent.input_cost.nano_usd;
  record.n = small(intent.attempt);
  record.stream = row.stream ? 1 : 0;
  TG_TRY(user, names.person(row.attribution.user));
  TG_TRY(tags, names.tags(user, row.attribution.tags));
  record.user = user;
  record.tags = tags;
  const std::pair<std::uint32_t*, std::string_view> words[] = {{&record.key, row.key},
                                                               {&record.team, row.attribution.team},
                                                               {&record.feature, row.attribution.feature},
                                                               {&record.route, row.route},
                                                               {&record.endpoint, row.endpoint},
                                                               {&record.dialect, row.dialect},
                                                               {&record.provider, row.provider},
                                                               {&record.model, row.model},
                                                               {&record.region, row.region},
                                                               {&record.credential, intent.provider_key},
                                                               {&record.price, row.price_id}};
  for (const auto& [id, text] : words) {
    TG_TRY(found, names.word(text));
    *id = found;
  }
  return record;
}

AttemptRecord record_of(const AttemptRow& row, NameCache& names) {
  AttemptRecord record;
  record.id = row.request_id;
  record.started_at_ns = row.started_at.ns;
  record.duration_ms = row.duration_ms;
  record.first_token_ms = row.first_token_ms;
  record.cost_nano_usd = row.cost.nano_usd;
  record.usage = counts_of(row.usage);
  record.provider = names.word_or_lost(row.provider);
  record.model = names.word_or_lost(row.model);
  record.credential = names.word_or_lost(row.key);
  record.region = names.word_or_lost(row.region);
  record.error_class = names.word_or_lost(row.error_class);
  record.price = names.word_or_lost(row.price_id);
  record.n = small(row.n);
  record.http_status = small(row.http_status);
  record.phase = static_cast<std::uint8_t>(row.phase);
  record.usage_source = static_cast<std::uint8_t>(row.usage_source);
  record.service_tier = static_cast<std::uint8_t>(row.usage.beside.tier);
  record.beside = beside_of(row.usage.beside);
  return record;
}

RequestRecord record_of(const RequestRow& row, NameCache& names) {
  RequestRecord record;
  record.id = row.id;
  record.at_ns = row.at.ns;
  record.finished_at_ns = row.finished_at.ns;
  record.user = names.person(row.attribution.user).value_or(0);
  record.cost_nano_usd = row.cost.nano_usd;
  record.saved_nano_usd = row.saved.nano_usd;
  record.first_token_ms = row.first_token_ms;
  record.duration_ms = row.duration_ms;
  record.usage = counts_of(row.usage);
  record.key = names.word_or_lost(row.key);
  record.team = names.word_or_lost(row.attribution.team);
  record.feature = names.word_or_lost(row.attribution.feature);
  record.tags = names.tags(record.user, row.attribution.tags).value_or(no_name);
  record.route = names.word_or_lost(row.route);
  record.endpoint = names.word_or_lost(row.endpoint);
  record.dialect = names.word_or_lost(row.dialect);
  record.provider = names.word_or_lost(row.provider);
  record.model = names.word_or_lost(row.model);
  record.region = names.word_or_lost(row.region);
  record.error_code = names.word_or_lost(row.error_code);
  record.price = names.word_or_lost(row.price_id);
  record.http_status = small(row.http_status);
  record.attempts = small(row.attempts);
  record.stream = row.stream ? 1 : 0;
  record.status = static_cast<std::uint8_t>(row.status);
  record.usage_source = static_cast<std::uint8_t>(row.usage_source);
  record.cache = static_cast<std::uint8_t>(row.cache);
  return record;
}

AttemptRow row_of(const AttemptRecord& record, const Dictionary& names) {
  Usage usage = usage_of(record.usage);
  usage.beside = beside_of(record);
  return {.request_id = record.id,
          .n = record.n,
          .provider = names.word_text(record.provider),
          .model = names.word_text(record.model),
          .key = names.word_text(record.credential),
          .region = names.word_text(record.region),
          .phase = known(record.phase, AttemptPhase::shadow),
          .http_status = record.http_status,
          .error_class = names.word_text(record.error_class),
          .started_at = {record.started_at_ns},
          .duration_ms = record.duration_ms,
          .first_token_ms = record.first_token_ms,
          .usage = usage,
          .usage_source = known(record.usage_source, UsageSource::estimated),
          .cost = {record.cost_nano_usd},
          .price_id = names.word_text(record.price)};
}

LedgerRow row_of(const RequestRecord& record, const Dictionary& names) {
  return {{.id = record.id,
           .at = {record.at_ns},
           .finished_at = {record.finished_at_ns},
           .key = names.word_text(record.key),
           .attribution = {.team = names.word_text(record.team),
                           .user = names.person_text(record.user),
                           .feature = names.word_text(record.feature),
                           .tags = names.tags_of(record.tags)},
           .route = names.word_text(record.route),
           .endpoint = names.word_text(record.endpoint),
           .dialect = names.word_text(record.dialect),
           .stream = record.stream != 0,
           .provider = names.word_text(record.provider),
           .model = names.word_text(record.model),
           .region = names.word_text(record.region),
           .status = known(record.status, RowStatus::aborted),
           .http_status = record.http_status,
           .error_code = names.word_text(record.error_code),
           .attempts = record.attempts,
           .usage = usage_of(record.usage),
           .usage_source = known(record.usage_source, UsageSource::estimated),
           .cost = {record.cost_nano_usd},
           .saved = {record.saved_nano_usd},
           .price_id = names.word_text(record.price),
           .cache = known(record.cache, CacheResult::semantic),
           .first_token_ms = record.first_token_ms,
           .duration_ms = record.duration_ms},
          known(record.origin, RowOrigin::import),
          record.corrects};
}

Result<JournalRecord> added_record_of(const LedgerRow& row, NameCache& names) {
  RequestRecord record = record_of(static_cast<const RequestRow&>(row), names);
  TG_TRY(user, names.person(row.attribution.user));
  TG_TRY(tags, names.tags(user, row.attribution.tags));
  record.user = user;
  record.tags = tags;
  record.corrects = row.corrects;
  record.origin = static_cast<std::uint8_t>(row.origin);
  for (std::uint32_t id : {record.key, record.team, record.feature, record.route, record.endpoint, record.dialect,
                           record.provider, record.model, record.region, record.error_code, record.price})
    if (id == lost_name) return no_place();
  JournalRecord made = record_of(record);
  made.header.type = row.origin == RowOrigin::correction ? RecordType::correction : RecordType::imported_request;
  return made;
}

Result<JournalRecord> added_record_of(const AttemptRow& row, NameCache& names) {
  AttemptRecord record = record_of(row, names);
  for (std::uint32_t id :
       {record.provider, record.model, record.credential, record.region, record.error_class, record.price})
    if (id == lost_name) return no_place();
  JournalRecord made = record_of(record);
  made.header.type = RecordType::imported_attempt;
  return made;
}

}  // namespace tollgate
