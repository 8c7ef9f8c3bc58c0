#include "dialects/gemini/part_writer.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "dialects/gemini/base64.h"
#include "dialects/gemini/envelope.h"
#include "dialects/gemini/media_type.h"
#include "dialects/gemini/part_reader.h"
#include "json/scan.h"

namespace tollgate::gemini {
namespace {

using json::Writer;

std::string_view word_of(Media::Kind kind) {
  constexpr std::string_view words[] = {"image", "audio", "document", "video"};
  return words[static_cast<std::size_t>(kind)];
}

// The text as JSON object; empty when it is none.
std::optional<json::Value> as_object(std::string_view text) {
  auto root = json::scan(text);
  if (!root || !root->is(json::Kind::object)) return std::nullopt;
  return *root;
}

bool is_attribute(const Part& part) {
  const auto* foreign = part.as<Foreign>();
  return foreign && foreign->dialect == "gemini" && foreign->kind.starts_with(attribute_prefix);
}

bool is_http(std::string_view url) { return url.starts_with("https://") || url.starts_with("http://"); }

// Writes the parts of one content, one after the other.
class Sequence {
 public:
  Sequence(Writer& writer, const std::vector<Part>& parts, const PartWays& ways, Dropped& dropped)
      : writer_(writer), parts_(parts), ways_(ways), dropped_(dropped) {}

  void write() {
    while (at_ < parts_.size()) {
      const Part& part = parts_[at_++];
      if (is_attribute(part)) continue;  // its part was left out
      std::visit([this](const auto& is) { write_one(is); }, part.is);
    }
  }

 private:
  void open() { writer_.begin_object(); }
  // With the attributes that stand behind the part.
  void close() {
    for (; at_ < parts_.size() && is_attribute(parts_[at_]); ++at_)
      for (const json::Member& member : json::Members({parts_[at_].as<Foreign>()->json, json::Kind::object}))
        writer_.key(member.key()).raw(member.value);
    writer_.end_object();
  }
  void note_cache(CacheMark cache) {
    if (cache != CacheMark::none) dropped_.add("cache_control");
  }
  bool takes_gemini_signatures() const {
    return ways_.signed_parts == PartWays::Signed::enveloped || ways_.family == "gemini";
  }
  void write_signature(const std::string& signature) {
    if (signature.empty()) return;
    if (takes_gemini_signatures())
      writer_.member("thoughtSignature", signature);
    else
      dropped_.add("reasoning");
  }

  void write_one(const Text& text) {
    note_cache(text.cache);
    if (text.text.empty() && text.signature.empty()) return;
    open();
    writer_.member("text", text.text);
    write_signature(text.signature);
    close();
  }
  void write_one(const Refusal& refusal) { write_one(Text{.text = refusal.text}); }

  void write_one(const Reasoning& reasoning) {
    std::string signature;
    if (ways_.signed_parts == PartWays::Signed::enveloped) {
      signature = signature_field_of(reasoning);
    } else if (!reasoning.origin.empty() && reasoning.origin == ways_.family) {
      signature = reasoning.origin == "gemini" ? reasoning.signature : signature_field_of(reasoning);
    } else {
      dropped_.add("reasoning");
      return;
    }
    if (reasoning.text.empty() && signature.empty()) return;
    open();
    writer_.member("text", reasoning.text).member("thought", true);
    if (!signature.empty()) writer_.member("thoughtSignature", signature);
    close();
  }

  void write_one(const ToolCall& call) {
    note_cache(call.cache);
    open();
    writer_.key("functionCall").begin_object();
    if (!call.id.empty() && !is_made_call_id(call.id)) writer_.member("id", call.id);
    writer_.member("name", call.name).key("args");
    if (auto arguments = as_object(call.arguments)) {
      writer_.raw(*arguments);
    } else if (call.arguments.empty()) {
      writer_.begin_object().end_object();
    } else {  // a custom tool's free text, or what a model failed to write as JSON
      writer_.begin_object().member("input", call.arguments).end_object();
    }
    writer_.end_object();
    write_signature(call.signature);
    close();
  }

  void write_one(const Foreign& foreign) {
    if (foreign.dialect == "gemini")
      writer_.raw(foreign.json);
    else
      dropped_.add(foreign.kind);
  }

  void write_one(const Media& media) {
    note_cache(media.cache);
    if (ways_.text_only || !write_media(media)) dropped_.add(word_of(media.kind));
  }

  // False when it cannot be said; then nothing was written.
  bool write_media(const Media& media) {
    switch (media.source) {
      case Media::Source::base64: {
        std::string_view type = media.media_type.empty() ? media_type_of_base64(media.data) : media.media_type;
        return !type.empty() && write_inline(media, type, media.data);
      }
      case Media::Source::text:
        return write_inline(media, media.media_type.empty() ? "text/plain" : media.media_type, to_base64(media.data));
      case Media::Source::url: return is_http(media.data) && write_file(media, media_type_of_url(media.data));
      case Media::Source::file_id: return ways_.own_dialect && write_file(media, {});
    }
    return false;
  }
  bool write_inline(const Media& media, std::string_view type, std::string_view base64) {
    open();
    writer_.key("inlineData").begin_object().member("mimeType", type).member("data", base64);
    if (!media.name.empty() && ways_.own_dialect) writer_.member("displayName", media.name);
    writer_.end_object();
    close();
    return true;
  }
  bool write_file(const Media& media, std::string_view guess) {
    std::string_view type = media.media_type.empty() ? guess : media.media_type;
    if (type.empty() && !ways_.own_dialect) return false;
    open();
    writer_.key("fileData").begin_object().member("fileUri", media.data);
    if (!type.empty()) writer_.member("mimeType", type);
    if (!media.name.empty() && ways_.own_dialect) writer_.member("displayName", media.name);
    writer_.end_object();
    close();
    return true;
  }

  void write_one(const ToolResult& result) {
    note_cache(result.cache);
    std::string text;
    bool said = false;
    std::vector<Part> media;
    for (const Part& part : result.content) {
      const auto* piece = part.as<Text>();
      if (!piece) {
        media.push_back(part);
        continue;
      }
      if (said) text += '\n';
      text += piece->text;
      said = true;
    }
    open();
    writer_.key("functionResponse").begin_object();
    if (!result.call_id.empty() && !is_made_call_id(result.call_id)) writer_.member("id", result.call_id);
    writer_.member("name", name_of(result)).key("response");
    write_response(text, said, result.failed);
    bool inside = ways_.media_in_results || ways_.own_dialect;
    if (inside && !media.empty()) {
      writer_.key("parts").begin_array();
      Sequence(writer_, media, ways_, dropped_).write();
      writer_.end_array();
    }
    writer_.end_object();
    close();
    if (!inside) Sequence(writer_, media, ways_, dropped_).write();
  }

  std::string_view name_of(const ToolResult& result) const {
    if (ways_.names_by_call) {
      auto found = ways_.names_by_call->find(result.call_id);
      if (found != ways_.names_by_call->end()) return found->second;
    }
    return result.name.empty() ? std::string_view("unknown_function") : std::string_view(result.name);
  }

  void write_response(std::string_view text, bool said, bool failed) {
    auto object = as_object(text);
    if (!said && !failed) {
      writer_.begin_object().end_object();
    } else if (object && (!failed || json::find(*object, "error"))) {
      writer_.raw(*object);
    } else if (object) {
      writer_.begin_object().key("error").raw(*object).end_object();
    } else {
      writer_.begin_object().member(failed ? "error" : "output", text).end_object();
    }
  }

  Writer& writer_;
  const std::vector<Part>& parts_;
  const PartWays& ways_;
  Dropped& dropped_;
  std::size_t at_ = 0;
};

}  // namespace

void Dropped::add(std::string_view word) {
  if (std::find(words_.begin(), words_.end(), word) == words_.end()) words_.emplace_back(word);
}

void write_parts(Writer& writer, const std::vector<Part>& parts, const PartWays& ways, Dropped& dropped) {
  Sequence(writer, parts, ways, dropped).write();
}

std::string made_call_id(std::size_t message, std::size_t number) { return fmt::format("call_{}_{}", message, number); }

bool is_made_call_id(std::string_view id) {
  auto words = split(id, '_');
  return words.size() == 3 && words[0] == "call" && parse_u64(words[1]) && parse_u64(words[2]);
}

}  // namespace tollgate::gemini
