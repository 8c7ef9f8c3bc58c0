#include "app/version.h"

#ifndef TOLLGATE_VERSION
#define TOLLGATE_VERSION "0.0.0"
#endif
#ifndef TOLLGATE_COMMIT
#define TOLLGATE_COMMIT "unknown"
#endif

namespace tollgate {

const std::string_view version_text = TOLLGATE_VERSION;
const std::string_view commit_text = TOLLGATE_COMMIT;
#ifdef __clang__
const std::string_view compiler_text = "clang " __clang_version__;
#else
const std::string_view compiler_text = "g++ " __VERSION__;
#endif

}  // namespace tollgate
