#include "app/commands/output.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace tollgate {

bool write_out(std::string_view data) { return std::fwrite(data.data(), 1, data.size(), stdout) == data.size(); }

int finish_output(int code) {
  bool lost = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
  if (!lost) return code;
  fmt::print(stderr, "tollgate: the output could not be written: {}\n", std::strerror(errno));
  return exit_no;
}

int refused(const Command& command, const Error& error) {
  fmt::print(stderr, "tollgate {}: {}\n", command.verb, error.detail);
  bool asked_wrongly = error.fault == Fault::invalid_request && error.code.empty();
  return asked_wrongly ? exit_misuse : exit_no;
}

}  // namespace tollgate
