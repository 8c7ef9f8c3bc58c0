#include "dialects/any_framer.h"

namespace tollgate {

AnyFramer::AnyFramer(Framing framing) {
  if (framing == Framing::json_array) framer_.emplace<JsonArrayFramer>();
}

}  // namespace tollgate
