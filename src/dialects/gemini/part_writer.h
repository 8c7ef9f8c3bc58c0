#pragma once
// Parts of the middle form as parts of a content, for requests to Google and for answers to its clients.
//
// What a content cannot hold is left out and named in `dropped`: "reasoning" that another family signed, "image" and the like
// without bytes, address or type, and the kind of a Foreign piece of another dialect.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "domain/part.h"
#include "json/write.h"

namespace tollgate::gemini {

// Notes once each what could not be said.
class Dropped {
 public:
  void add(std::string_view word);
  std::vector<std::string> take() { return std::move(words_); }

 private:
  std::vector<std::string> words_;
};

struct PartWays {
  enum class Signed : unsigned char {
    of_family,  // to a provider: only what `family` signed
    enveloped,  // to a client: everything, what is not Gemini's in an envelope (envelope.h)
  };
  Signed signed_parts = Signed::of_family;
  std::string_view family{};
  bool own_dialect = false;    // the conversation was read from this dialect: names of Google's files mean something
  bool text_only = false;      // of a system instruction; media are dropped
  bool media_in_results = false;  // the model takes media inside a functionResponse (Gemini 3), else beside it
  const std::map<std::string, std::string, std::less<>>* names_by_call = nullptr;  // of functions; of requests only
};

// The elements of `parts`, of which the list is open already.
void write_parts(json::Writer& writer, const std::vector<Part>& parts, const PartWays& ways, Dropped& dropped);

// Ids that were made for calls without one: call_<message>_<number>. They never go to Google, which matches by name and order.
std::string made_call_id(std::size_t message, std::size_t number);
bool is_made_call_id(std::string_view id);

}  // namespace tollgate::gemini
