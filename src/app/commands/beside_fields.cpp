#include "app/commands/beside_fields.h"

namespace tollgate {
namespace {

// `part` gives the number of a BilledBeside, const or not.
template <auto part>
constexpr BesideField field(std::string_view name) {
  return {name, [](const BilledBeside& beside) -> std::int64_t { return part(beside); },
          [](BilledBeside& beside, std::int64_t count) { part(beside) = count; }};
}

constexpr BesideField fields[] = {
    field<[](auto& b) -> auto& { return b.image_input.count; }>("image_input_tokens"),
    field<[](auto& b) -> auto& { return b.video_input.count; }>("video_input_tokens"),
    field<[](auto& b) -> auto& { return b.cached_audio.count; }>("cached_audio_tokens"),
    field<[](auto& b) -> auto& { return b.cached_image.count; }>("cached_image_tokens"),
    field<[](auto& b) -> auto& { return b.image_output.count; }>("image_output_tokens"),
    field<[](auto& b) -> auto& { return b.video_output.count; }>("video_output_tokens"),
    field<[](auto& b) -> auto& { return b.audio_ms; }>("audio_ms"),
    field<[](auto& b) -> auto& { return b.characters; }>("characters"),
    field<[](auto& b) -> auto& { return b.pages; }>("pages"),
    field<[](auto& b) -> auto& { return b.annotated_pages; }>("annotated_pages"),
    field<[](auto& b) -> auto& { return b.web_searches; }>("web_searches"),
    field<[](auto& b) -> auto& { return b.file_searches; }>("file_searches"),
};

}  // namespace

std::span<const BesideField> beside_fields() { return fields; }

}  // namespace tollgate
