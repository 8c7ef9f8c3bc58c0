#pragma once
// A credential in memory. It cannot be printed, formatted or compared by accident, and is wiped when it dies.
// `reveal()` is the one way to the characters: search for it to see every place that touches a secret.

#include <string>
#include <string_view>
#include <utility>

namespace tollgate {

// Overwrites memory in a way that the optimiser keeps.
void wipe(void* memory, std::size_t size);

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : value_(std::exchange(other.value_, {})) {}
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      clear();
      value_ = other.value_;
    }
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      clear();
      value_ = std::exchange(other.value_, {});
    }
    return *this;
  }
  ~Secret() { clear(); }

  std::string_view reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  void clear() {
    wipe(value_.data(), value_.size());
    value_.clear();
  }
  std::string value_;
};

}  // namespace tollgate
