// How price lists become complete: each rate's name, and what it is like where a list leaves it out.
#include <algorithm>
#include <iterator>

#include "pricing/price.h"

namespace tollgate {
namespace {

constexpr RateField fields[] = {
    {"input", &Rates::input, &ListedRates::input},
    {"cached_input", &Rates::cached_input, &ListedRates::cached_input, &Rates::input},
    {"cache_write_5m", &Rates::cache_write_5m, &ListedRates::cache_write_5m, &Rates::input},
    {"cache_write_1h", &Rates::cache_write_1h, &ListedRates::cache_write_1h, &Rates::input},
    {"audio_input", &Rates::audio_input, &ListedRates::audio_input, &Rates::input},
    {"output", &Rates::output, &ListedRates::output},
    {"reasoning", &Rates::reasoning, &ListedRates::reasoning, &Rates::output},
    {"audio_output", &Rates::audio_output, &ListedRates::audio_output, &Rates::output},
    {"image", &Rates::image, &ListedRates::image},
    {"request", &Rates::request, &ListedRates::request},
    {"image_input", &Rates::image_input, &ListedRates::image_input, &Rates::input},
    {"video_input", &Rates::video_input, &ListedRates::video_input, &Rates::input},
    {"cached_audio", &Rates::cached_audio, &ListedRates::cached_audio, &Rates::cached_input},
    {"cached_image", &Rates::cached_image, &ListedRates::cached_image, &Rates::cached_input},
    {"image_output", &Rates::image_output, &ListedRates::image_output, &Rates::output},
    {"video_output", &Rates::video_output, &ListedRates::video_output, &Rates::output},
    {"characters", &Rates::characters, &ListedRates::characters},
    {"audio_hour", &Rates::audio_hour, &ListedRates::audio_hour},
    {"audio_least_ms", &Rates::audio_least_ms, &ListedRates::audio_least_ms, nullptr, false},
    {"page", &Rates::page, &ListedRates::page},
    {"annotated_page", &Rates::annotated_page, &ListedRates::annotated_page},
    {"web_search", &Rates::web_search, &ListedRates::web_search},
    {"file_search", &Rates::file_search, &ListedRates::file_search},
};
static_assert(sizeof(Rates) == std::size(fields) * sizeof(std::int64_t), "a rate has no name");

std::size_t place_of(std::int64_t Rates::* rate) {
  return static_cast<std::size_t>(std::find_if(std::begin(fields), std::end(fields), [&](const RateField& f) { return f.rate == rate; }) -
                                  std::begin(fields));
}

}  // namespace

std::span<const RateField> rate_fields() { return fields; }

Rates rates_from(const ListedRates& listed) {
  ListedRates complete = listed;
  if (!complete.input) complete.input = 0;
  if (!complete.output) complete.output = 0;
  return rates_over({}, complete);
}

Rates rates_over(const Rates& before, const ListedRates& listed) {
  Rates rates = before;
  bool changed[std::size(fields)] = {};
  for (std::size_t i = 0; i < std::size(fields); ++i) {
    const RateField& field = fields[i];
    bool follows = field.otherwise != nullptr && changed[place_of(field.otherwise)];
    changed[i] = follows || listed.*field.listed;
    if (follows) rates.*field.rate = rates.*field.otherwise;
    if (listed.*field.listed) rates.*field.rate = *(listed.*field.listed);
  }
  return rates;
}

}  // namespace tollgate
