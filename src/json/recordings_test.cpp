// Real traffic: walking an extent and reading it into a tree must tell the same story.

#include <gtest/gtest.h>

#include "json/document.h"
#include "json/scan.h"
#include "json/data_for_test.h"
#include "json/write.h"

namespace tollgate::json {
namespace {

constexpr std::size_t records_per_file = 12;

// Compares all of both, and says where they part.
::testing::AssertionResult same(Value value, Node node) {
  if (!node.is(value.kind)) return ::testing::AssertionFailure() << "kind of " << value.raw.substr(0, 80);
  auto differ = [&](const char* how) {
    return ::testing::AssertionFailure() << how << ": " << value.raw.substr(0, 80);
  };
  switch (value.kind) {
    case Kind::string: return value.string() == node.string() ? ::testing::AssertionSuccess() : differ("text");
    case Kind::boolean: return value.boolean() == node.boolean() ? ::testing::AssertionSuccess() : differ("boolean");
    case Kind::null: return ::testing::AssertionSuccess();
    case Kind::number: {
      auto whole = node.integer();
      return !whole || value.integer() == whole ? ::testing::AssertionSuccess() : differ("number");
    }
    case Kind::array: {
      auto elements = node.elements();
      std::size_t i = 0;
      for (Value element : Elements(value)) {
        if (i == elements.size()) return differ("too many elements");
        if (auto equal = same(element, elements[i++]); !equal) return equal;
      }
      return i == elements.size() ? ::testing::AssertionSuccess() : differ("too few elements");
    }
    case Kind::object: break;
  }
  auto members = node.members();
  std::size_t i = 0;
  for (const Member& member : Members(value)) {
    if (i == members.size()) return differ("too many members");
    if (!member.key_is(members[i].first) || member.key() != members[i].first) return differ("key");
    if (auto equal = same(member.value, members[i++].second); !equal) return equal;
  }
  return i == members.size() ? ::testing::AssertionSuccess() : differ("too few members");
}

// Writes the tree again: what the writer makes must read as the same tree.
void copy(Node node, Writer& writer) {
  switch (node.kind()) {
    case Kind::object:
      writer.begin_object();
      for (auto& [key, member] : node.members()) copy(member, writer.key(key));
      writer.end_object();
      return;
    case Kind::array:
      writer.begin_array();
      for (Node element : node.elements()) copy(element, writer);
      writer.end_array();
      return;
    case Kind::string: writer.value(*node.string()); return;
    case Kind::boolean: writer.value(*node.boolean()); return;
    case Kind::null: writer.null(); return;
    case Kind::number: break;
  }
  if (auto whole = node.integer()) {
    writer.value(*whole);
  } else {
    writer.real(*node.real());
  }
}

void check(std::string_view text) {
  auto value = scan(text);
  ASSERT_TRUE(value) << value.error().what << " at " << value.error().offset << " of " << text.substr(0, 200);
  auto document = Document::parse(text);
  ASSERT_TRUE(document);
  EXPECT_TRUE(same(*value, document->root()));
  std::string written;
  Writer writer(written);
  copy(document->root(), writer);
  auto again = scan(written);
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_TRUE(same(*again, document->root()));
}

TEST(Recordings, ReadTheSameAsExtentsAndAsTree) {
  TG_SHARED_OR_SKIP(folder, "recordings");
  std::size_t bodies = 0;
  for (const auto& path : test::files_in(folder)) {
    if (!path.string().ends_with(".jsonl.gz")) continue;
    for (const auto& line : test::gzip_lines(path, records_per_file)) {
      SCOPED_TRACE(line.substr(0, 40));
      check(line);
      auto record = scan(line);
      ASSERT_TRUE(record);
      if (auto request = find_path(*record, {"request", "body"})) check(request->raw);
      if (find_path(*record, {"response", "framing"})->plain_string() != "json") continue;
      auto body = find_path(*record, {"response", "body_raw"})->string();
      if (body && !body->empty() && scan(*body)) {
        check(*body);
        ++bodies;
      }
    }
  }
  EXPECT_GT(bodies, 200u);
}

}  // namespace
}  // namespace tollgate::json
