#pragma once
// Reads the public attack and conformance vectors that lie outside this repository (TOLLGATE_SHARED, else ../shared):
// one JSON object a line, of which only flat strings, numbers and base64 are needed here.

#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate::http {

inline std::string vectors_path(std::string_view file) {
  const char* shared = std::getenv("TOLLGATE_SHARED");
  std::string root = shared ? shared : TOLLGATE_SOURCE_DIR "/../shared";
  return root + "/badinput/" + std::string(file);
}

inline std::string decode_base64(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (char c : text) {
    std::size_t digit = digits.find(c);
    if (digit == digits.npos) break;  // padding
    bits = bits << 6 | static_cast<unsigned>(digit);
    if ((count += 6) < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> count & 0xFF);
  }
  return out;
}

// One line. The keys asked for are unique in it and their strings have no escapes.
class Vector {
 public:
  explicit Vector(std::string line) : line_(std::move(line)) {}

  std::string_view text(std::string_view key) const {
    std::string_view rest = after(key);
    return rest.starts_with('"') ? rest.substr(1, rest.find('"', 1) - 1) : std::string_view{};
  }
  std::size_t number(std::string_view key) const { return std::strtoul(std::string(after(key)).c_str(), nullptr, 10); }
  std::string bytes(std::string_view key) const { return decode_base64(text(key)); }
  std::vector<std::string> list_of_bytes(std::string_view key) const {
    std::vector<std::string> out;
    std::string_view rest = after(key);
    rest = rest.substr(0, rest.find(']'));
    for (std::size_t at = 0; (at = rest.find('"', at)) != rest.npos;) {
      std::size_t end = rest.find('"', at + 1);
      out.push_back(decode_base64(rest.substr(at + 1, end - at - 1)));
      at = end + 1;
    }
    return out;
  }
  std::string_view id() const { return text("id"); }
  std::string_view verdict() const { return text("verdict"); }

 private:
  std::string_view after(std::string_view key) const {
    std::string mark = "\"" + std::string(key) + "\": ";
    std::size_t at = line_.find(mark);
    return at == std::string::npos ? std::string_view{} : std::string_view(line_).substr(at + mark.size());
  }

  std::string line_;
};

// Empty when the file is not there.
inline std::vector<Vector> read_vectors(std::string_view file) {
  std::vector<Vector> out;
  std::ifstream in(vectors_path(file));
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) out.emplace_back(line);
  return out;
}

}  // namespace tollgate::http
