#pragma once
// Settings in JSON: bodies of the admin API say them in the words of tollgate.yaml, and its answers show them so.

#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "base/describe.h"
#include "config/node.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate::config {

// The tree of an object of JSON, for `load`. Fault: it is no JSON, or no object. Columns are bytes from 1.
std::expected<Node, json::Fault> parse_json(std::string_view text);

// Members of a described value, by the names that the file has for them. What is empty is left out. Secrets stand as their
// references, bare ones as `***`; so do the texts under the names of `masked`, wherever they are.
// REQUIRES: the writer is inside an object.
void append_members(json::Writer& out, const Type& group, void* value, std::span<const std::string_view> masked = {});

template <class T>
void append_members(json::Writer& out, T value, std::span<const std::string_view> masked = {}) {
  append_members(out, type_of<T>(), &value, masked);
}

// RFC 7396: `patch` over `target`, both objects that `scan` accepted. Members that are null go; objects are merged; the rest
// is replaced.
std::string merge_patch(json::Value target, json::Value patch);

}  // namespace tollgate::config
