#pragma once
// A tree of values into a described struct. Every fault is collected with its place: unknown names (with what may have
// been meant), wrong types, values out of range, empty values, and names that are known but not yet available.

#include <functional>
#include <optional>
#include <string>

#include "base/describe.h"
#include "config/fault.h"
#include "config/node.h"

namespace tollgate::config {

struct LoadOptions {
  bool allow_plain_secrets = false;
  // Why the secret cannot be had, or nothing when it can. Not set: secrets are not looked up.
  std::function<std::optional<std::string>(const SecretRef&)> secret_fault{};
};

// REQUIRES: `root` is a map, `type` describes the struct at `target`. On faults the struct is half filled.
void load(const Node& root, const Type& type, void* target, const LoadOptions& options, Faults& faults);

template <class T>
void load(const Node& root, T& target, const LoadOptions& options, Faults& faults) {
  load(root, type_of<T>(), &target, options, faults);
}

}  // namespace tollgate::config
