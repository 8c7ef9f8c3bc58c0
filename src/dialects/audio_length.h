#pragma once
// How long a file of audio is, by its bytes alone: exactly for plain WAV, else between what speech usually has for a second and the
// least that a codec makes of it.

#include <cstdint>
#include <string_view>

namespace tollgate {

struct AudioLength {
  std::int64_t likely_ms = 0;
  std::int64_t most_ms = 0;  // silence apart, of which some codecs make next to nothing
};
AudioLength audio_length(std::string_view file);

}  // namespace tollgate
