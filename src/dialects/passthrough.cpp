#include "dialects/passthrough.h"

#include <tuple>
#include <utility>

#include "base/text.h"
#include "dialects/audio_length.h"
#include "dialects/fields.h"
#include "dialects/plain_usage.h"
#include "json/scan.h"

namespace tollgate {
namespace {

using json::Kind;
using json::Value;

constexpr std::int64_t tokens_of_file = 50'000;  // a picture in a form: OpenAI's dearest
constexpr std::int64_t max_images = 1'000;
constexpr std::size_t max_form_parts = 1'000;

bool is_type(std::string_view content_type, std::string_view wanted) {
  return iequals(trimmed(content_type.substr(0, content_type.find(';'))), wanted);
}

Result<void> read_json(CallView& view) {
  TG_TRY(root, scan_body(view.body));
  view.root = root;
  view.model_value = field_of(root, "model");
  if (view.model_value.is(Kind::null)) {
    view.model_value = {};
  } else {
    TG_TRY_VOID(check_string("model", view.model_value, max_model_name_bytes));
    view.model = view.model_value.string().value_or("");
  }
  view.stream = field_of(root, "stream").boolean() == true;
  for (std::string_view name : {"max_tokens", "max_completion_tokens", "max_output_tokens"})
    if (auto most = field_of(root, name).integer(); most && *most > 0 && *most <= max_asked_tokens) view.max_output = most;
  if (Value n = field_of(root, "n"); !n.is(Kind::null)) {
    TG_TRY(images, check_integer("n", n, 1, max_images));
    view.images = images;
  }
  view.input_bound = Tokens{static_cast<std::int64_t>(view.body.size())};
  return {};
}

// The value of a parameter in a header's field: boundary="x".
std::string_view parameter(std::string_view field, std::string_view name) {
  for (std::string_view piece : split(field, ';')) {
    piece = trimmed(piece);
    std::size_t equals = piece.find('=');
    if (equals == std::string_view::npos || !iequals(piece.substr(0, equals), name)) continue;
    std::string_view value = piece.substr(equals + 1);
    bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
    return quoted ? value.substr(1, value.size() - 2) : value;
  }
  return {};
}

struct FormPart {
  std::string_view name;
  std::string_view value;
  bool file = false;
};

// The head of a part up to its empty line, and its content.
std::optional<FormPart> read_form_part(std::string_view part) {
  std::size_t end = part.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  for (std::string_view line : split(part.substr(0, end), '\n')) {
    line = trimmed(line);
    while (line.ends_with('\r')) line.remove_suffix(1);
    constexpr std::string_view disposition = "content-disposition:";
    if (line.size() < disposition.size() || !iequals(line.substr(0, disposition.size()), disposition)) continue;
    return FormPart{parameter(line, "name"), part.substr(end + 4), !parameter(line, "filename").empty()};
  }
  return std::nullopt;
}

Result<void> take_form_part(const FormPart& part, CallView& view) {
  view.input_bound += Tokens{part.file ? tokens_of_file : static_cast<std::int64_t>(part.value.size())};
  if (part.file) {
    AudioLength length = audio_length(part.value);
    view.audio_ms += length.likely_ms;
    view.audio_ms_most += length.most_ms;
    return {};
  }
  if (part.name == "model") {
    if (part.value.size() > max_model_name_bytes) return bad_field("model", "invalid_value", "'model' is too long");
    view.model_value.raw = part.value;
    view.bare_model = true;
    view.model = part.value;
  }
  if (part.name == "stream") view.stream = part.value == "true";
  if (part.name != "n") return {};
  auto images = parse_u64(part.value);
  if (!images || *images < 1 || *images > static_cast<std::uint64_t>(max_images)) return bad_field("n", "invalid_value", "'n' must be from 1 to 1000");
  view.images = static_cast<std::int64_t>(*images);
  return {};
}

// Gives each part to `take`, which returns an Error to stop at.
template <class Take>
Result<void> each_form_part(std::string_view content_type, std::string_view form, Take take) {
  std::string_view boundary = parameter(content_type, "boundary");
  if (boundary.empty()) return bad_field("content-type", "invalid_value", "the form has no boundary");
  std::string mark = "--" + std::string(boundary);
  std::string_view rest = form;
  std::size_t parts = 0;
  for (std::size_t at = rest.find(mark); at != std::string_view::npos; at = rest.find(mark)) {
    rest.remove_prefix(at + mark.size());
    if (rest.starts_with("--")) return {};
    if (++parts > max_form_parts) return bad_field("body", "invalid_value", "the form has too many parts");
    std::size_t end = rest.find("\r\n" + mark);
    if (end == std::string_view::npos) break;
    if (auto part = read_form_part(rest.substr(0, end))) TG_TRY_VOID(take(*part));
    rest.remove_prefix(end + 2);
  }
  return bad_field("body", "invalid_value", "the form has no end");
}

}  // namespace

Result<CallView> view_passthrough(std::string_view content_type, std::string_view body) {
  CallView view{.operation = Operation::passthrough, .body = body};
  view.input_bound = Tokens{static_cast<std::int64_t>(body.size())};
  if (body.empty()) return view;
  if (is_type(content_type, "application/json")) {
    TG_TRY_VOID(read_json(view));
  } else if (is_type(content_type, "multipart/form-data")) {
    view.input_bound = {};
    TG_TRY_VOID(each_form_part(content_type, body, [&](const FormPart& part) { return take_form_part(part, view); }));
  }
  return view;
}

std::optional<std::string_view> form_field(std::string_view content_type, std::string_view form, std::string_view name) {
  std::optional<std::string_view> found;
  if (!is_type(content_type, "multipart/form-data")) return found;
  std::ignore = each_form_part(content_type, form, [&](const FormPart& part) {
    if (part.name == name && !found) found = part.value;
    return Result<void>();
  });
  return found;
}

std::optional<Usage> usage_in(std::span<const Dialect* const> dialects, std::string_view body) {
  if (!trimmed(body).starts_with('{')) return std::nullopt;
  auto root = json::scan(body, {.refuse_duplicates = false});
  if (!root) return std::nullopt;
  if (auto usage = read_plain_usage(*root)) return usage;
  for (const Dialect* dialect : dialects) {
    if (auto answer = dialect->read_response(body); answer && answer->usage) return answer->usage;
    if (auto vectors = dialect->read_embedding_response(body); vectors && vectors->usage) return vectors->usage;
  }
  return read_reported_usage(*root);
}

std::int64_t images_in(std::string_view body) {
  auto root = json::scan(body, {.refuse_duplicates = false});
  if (!root) return 0;
  std::int64_t count = 0;
  for (const Value& image : json::Elements(field_of(*root, "data"))) count += image.is(Kind::object) ? 1 : 0;
  return count;
}

std::string passed_query(std::string_view query) {
  std::string out;
  char before = '?';
  for (std::string_view pair : split(query, '&')) {
    if (pair.empty() || pair.substr(0, pair.find('=')) == "key") continue;
    out += std::exchange(before, '&');
    out += pair;
  }
  return out;
}

std::string passed_path(std::string_view target) {
  for (int segments = 0; segments < 2; ++segments) {  // /passthrough and /NAME
    std::size_t next = target.find('/', 1);
    target = next == std::string_view::npos ? std::string_view() : target.substr(next);
  }
  std::size_t mark = target.find('?');
  std::string out(target.substr(0, mark));
  return mark == std::string_view::npos ? out : out + passed_query(target.substr(mark + 1));
}

}  // namespace tollgate
