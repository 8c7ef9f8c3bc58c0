#include "app/commands/secret_input.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <optional>

namespace tollgate {
namespace {

constexpr char interrupt = 0x03;  // Ctrl-C
constexpr char end_of_text = 0x04;
constexpr char backspace = 0x08;
constexpr char rubout = 0x7F;

// While it lives, the terminal gives each key at once and shows none. Signals are keys meanwhile, so that the echo
// always comes back.
class SilentTerminal {
 public:
  SilentTerminal() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
    silent.c_cc[VMIN] = 1;
    silent.c_cc[VTIME] = 0;
    changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~SilentTerminal() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;
  bool works() const { return changed_; }

 private:
  termios before_{};
  bool changed_ = false;
};

std::optional<char> read_key() {
  char key = 0;
  ssize_t count = 0;
  do count = ::read(STDIN_FILENO, &key, 1);
  while (count < 0 && errno == EINTR);
  return count == 1 ? std::optional(key) : std::nullopt;
}

// Takes the last character, all its bytes.
void rub_out(std::string& text) {
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
  if (!text.empty()) text.pop_back();
}

// The room is taken once, so no copy stays behind in memory.
std::string roomy() {
  std::string text;
  text.reserve(max_input_secret_bytes + 1);
  return text;
}

Result<Secret> read_typed(std::string_view prompt) {
  SilentTerminal silence;
  if (!silence.works()) return fail(Fault::unavailable, "the terminal's echo cannot be switched off");
  fmt::print(stderr, "{}", prompt);
  std::string text = roomy();
  for (;;) {
    auto key = read_key();
    if (!key || *key == interrupt || *key == end_of_text) {
      fmt::print(stderr, "\n");
      Secret forgotten(std::move(text));
      return fail(Fault::cancelled, "given up, nothing was changed");
    }
    if (*key == '\n' || *key == '\r') break;
    if (*key == backspace || *key == rubout)
      rub_out(text);
    else if (text.size() < max_input_secret_bytes + 1)
      text += *key;
  }
  fmt::print(stderr, "\n");
  return Secret(std::move(text));
}

Result<Secret> read_piped() {
  std::string text = roomy();
  text.resize(max_input_secret_bytes + 1);
  std::size_t size = 0;
  while (size < text.size()) {
    ssize_t count = ::read(STDIN_FILENO, text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(Fault::unavailable, "stdin cannot be read");
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  text.resize(size);
  if (size <= max_input_secret_bytes)
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return Secret(std::move(text));
}

}  // namespace

Result<Secret> read_secret(std::string_view prompt) {
  TG_TRY(secret, ::isatty(STDIN_FILENO) != 0 ? read_typed(prompt) : read_piped());
  if (secret.empty()) return fail(Fault::invalid_request, "the secret is empty");
  if (secret.reveal().size() > max_input_secret_bytes)
    return fail(Fault::invalid_request, fmt::format("the secret is longer than {} bytes", max_input_secret_bytes));
  return secret;
}

}  // namespace tollgate
