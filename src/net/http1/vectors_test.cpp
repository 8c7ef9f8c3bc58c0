// Public vectors against the codec alone: what must be refused is refused, what is fine is read, and no way of cutting
// the bytes changes anything. Every departure stands in a list with its reason; an entry that is no longer needed fails
// the test.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <span>

#include "base/text.h"
#include "net/http1/chars.h"
#include "net/http1/peer_for_test.h"
#include "net/http1/vectors_for_test.h"

namespace tollgate::http {
namespace {

using Server = PeerForTest<RequestHead>;
using Client = PeerForTest<ResponseHead>;

struct Exception {
  std::string_view id;
  std::string_view reason;
};

// Counts a data set's cases and departures, and prints them.
class Tally {
 public:
  Tally(std::string_view name, std::span<const Exception> exceptions) : name_(name), exceptions_(exceptions) {}
  ~Tally() {
    std::printf("[  vectors ] %.*s: %zu cases, %zu refused, %zu read, %zu exceptions\n", static_cast<int>(name_.size()),
                name_.data(), refused + read, refused, read, used_.size());
    EXPECT_EQ(used_.size(), exceptions_.size()) << "an exception of " << name_ << " is not needed any more";
  }

  template <class Peer>
  void count(const Peer& peer) {
    ++(peer.refused() ? refused : read);
  }
  // Holds, or is a known departure.
  void expect(bool holds, const Vector& vector, std::string_view rule, const std::string& got) {
    if (holds) return;
    bool known = std::any_of(exceptions_.begin(), exceptions_.end(), [&](auto& e) { return e.id == vector.id(); });
    EXPECT_TRUE(known) << vector.id() << " must be: " << rule << "\ngot: " << got;
    if (known) used_.push_back(vector.id());
  }

  std::size_t refused = 0, read = 0;

 private:
  std::string_view name_;
  std::span<const Exception> exceptions_;
  std::vector<std::string_view> used_;
};

std::string joined(const std::vector<std::string>& parts) { return fmt::format("{}", fmt::join(parts, "")); }

// Vectors without Host are for parsers alone; a server must see one.
std::string with_host(std::string bytes) {
  constexpr std::string_view line_end = " HTTP/1.1\r\n";
  for (std::size_t at = 0; (at = bytes.find(line_end, at)) != bytes.npos;) {
    std::size_t url = bytes.rfind(' ', at - 1), authority = bytes.find("://", url);
    std::string host = "gw.test";
    if (authority < at) host = bytes.substr(authority + 3, bytes.find_first_of("/? ", authority + 3) - authority - 3);
    std::string field = "Host: " + host + "\r\n";
    bytes.insert(at + line_end.size(), field);
    at += line_end.size() + field.size();
  }
  return bytes;
}

bool has_host(std::string_view bytes) { return lower(bytes).find("\nhost:") != std::string::npos; }

#define TG_VECTORS_OR_SKIP(name, file)                                                        \
  auto name = read_vectors(file);                                                             \
  if (name.empty()) GTEST_SKIP() << vectors_path(file) << " is not there (set TOLLGATE_SHARED)"

TEST(Http1Vectors, TheProbesAreRefusedAndReadAsTheirAuthorsSay) {
  TG_VECTORS_OR_SKIP(vectors, "http1-probe/requests.jsonl");
  static constexpr Exception exceptions[] = {
      {"h11p-comp-post-cl-undersend", "refused by the end of the input inside the body, not by a byte of it"},
  };
  Tally tally("http1-probe", exceptions);
  for (const Vector& vector : vectors) {
    auto steps = vector.list_of_bytes("steps_b64");
    std::string bytes = joined(steps);
    Server server = read_all<RequestHead>({bytes});
    tally.count(server);
    if (vector.verdict() == "reject") {
      tally.expect(server.refused(), vector, "refused", server.text());
      EXPECT_TRUE(server.messages.empty()) << vector.id() << server.text();
    }
    if (vector.verdict() == "accept")
      tally.expect(!server.refused() && server.messages.size() == steps.size(), vector, "read whole", server.text());
    EXPECT_LE(server.messages.size(), steps.size()) << vector.id() << server.text();
    EXPECT_EQ(cut_that_differs<RequestHead>(bytes), "") << vector.id();
  }
}

TEST(Http1Vectors, RequestsOfOtherParsersTestsAreJudgedAsStrictlyAsThere) {
  TG_VECTORS_OR_SKIP(vectors, "http1-llhttp/requests.jsonl");
  static constexpr Exception exceptions[] = {
      {"llh-req-invalid-a9994123", "ANNOUNCE is a well-formed method: refused by routing"},
      {"llh-req-method-c45cfb87", "RTSP is not served"},
      {"llh-req-method-be45f46e", "target * is for OPTIONS only (RFC 9112 3.2.4)"},
      {"llh-req-sample-3ce980c7", "HTTP/0.9 is not served"},
      {"llh-req-transfer-encoding-55143feb", "two Transfer-Encoding fields, and a fragment in the target"},
      {"llh-req-transfer-encoding-e4c15b3d", "a coding before chunked, and a fragment in the target"},
      {"llh-req-uri-d9761d3f", "user information in the target (RFC 9110 4.2.4)"},
      {"llh-req-uri-ecc5e1d8", "a fragment is not part of a target (RFC 9112 3.2)"},
  };
  Tally tally("http1-llhttp requests", exceptions);
  for (const Vector& vector : vectors) {
    std::string bytes = vector.bytes("bytes_b64");
    if (!has_host(bytes)) bytes = with_host(bytes);
    EXPECT_EQ(cut_that_differs<RequestHead>(bytes), "") << vector.id();
    if (vector.verdict() == "accept") {
      Server server = read_all<RequestHead>({bytes});
      tally.count(server);
      // The source cut off the last empty line of most.
      Server whole = read_all<RequestHead>({bytes, "\r\n"});
      std::size_t messages = std::max(server.messages.size(), whole.messages.size());
      tally.expect(!server.refused() && messages >= vector.number("messages_complete"), vector, "read", server.text());
    } else {
      Server server = read_all<RequestHead>({bytes, "\r\n\r\n"});
      tally.count(server);
      // Upgrades are served without the upgrade; CONNECT and the HTTP/2 preface are refused.
      bool plain = vector.verdict() == "upgrade" && bytes.starts_with("GET ");
      bool right = plain ? server.heads == 1 : server.refused() && server.messages.empty();
      tally.expect(right, vector, plain ? "read without the upgrade" : "refused", server.text());
    }
  }
}

TEST(Http1Vectors, ResponsesAreJudgedAsStrictly) {
  TG_VECTORS_OR_SKIP(vectors, "http1-llhttp/responses.jsonl");
  static constexpr Exception exceptions[] = {
      {"llh-resp-pipelining-88cb9552", "an empty line between answers is a byte after an answer's end"},
      {"llh-resp-connection-d45c87c5", "the same"},
      {"llh-resp-sample-4eb0f622", "ICE is not spoken"},
      {"llh-resp-sample-864ee59f", "an empty line before an answer"},
      {"llh-resp-sample-c7a0d0e1", "RTSP is not spoken"},
      {"llh-resp-transfer-encoding-1a9bf139", "a coding after chunked: where the body ends is not certain"},
      {"llh-resp-transfer-encoding-bf0ace46", "two Transfer-Encoding fields"},
  };
  Tally tally("http1-llhttp responses", exceptions);
  for (const Vector& vector : vectors) {
    std::string bytes = vector.bytes("bytes_b64");
    EXPECT_EQ(cut_that_differs<ResponseHead>(bytes), "") << vector.id();
    bool accept = vector.verdict() == "accept";
    Client client = accept ? read_all<ResponseHead>({bytes}) : read_all<ResponseHead>({bytes, "\r\n\r\n"});
    tally.count(client);
    tally.expect(client.refused() != accept, vector, accept ? "read" : "refused", client.text());
    EXPECT_TRUE(accept || client.messages.empty()) << vector.id() << client.text();
  }
}

TEST(Http1Vectors, AmbiguousHeadsAreRefusedOrTheLastOnTheirConnection) {
  TG_VECTORS_OR_SKIP(vectors, "http1-desync/requests.jsonl");
  static constexpr Exception exceptions[] = {
      {"dsg-more-compliant-tests-05", "a coding before chunked"},
      {"dsg-more-compliant-tests-08", "five Transfer-Encoding fields"},
      {"dsg-rfc-compliant-08", "five Transfer-Encoding fields"},
      {"dsg-rfc-compliant-10", "three Transfer-Encoding fields with parameters"},
  };
  Tally tally("http1-desync", exceptions);
  for (const Vector& vector : vectors) {
    std::string bytes = vector.bytes("headers_b64");
    if (!has_host(bytes)) bytes = with_host(bytes);
    Server server = read_all<RequestHead>({bytes});
    tally.count(server);
    EXPECT_EQ(cut_that_differs<RequestHead>(bytes), "") << vector.id();
    if (vector.verdict() == "accept") tally.expect(server.heads == 1, vector, "read", server.text());
    if (vector.verdict() == "reject") tally.expect(server.refusal.status == 400, vector, "refused", server.text());
    if (vector.text("tier") == "Ambiguous")
      tally.expect(server.refused() || !server.last_keep_alive, vector, "refused, or closed", server.text());
  }
}

TEST(Http1Vectors, PayloadsBehindRealBugsAreRefused) {
  TG_VECTORS_OR_SKIP(vectors, "http1-garden/payloads.jsonl");
  Tally tally("http1-garden", {});
  for (const Vector& vector : vectors) {
    std::string bytes = joined(vector.list_of_bytes("steps_b64"));
    if (!has_host(bytes)) bytes = with_host(bytes);  // so that the bug itself is what must be seen
    Server server = read_all<RequestHead>({bytes});
    tally.count(server);
    EXPECT_EQ(cut_that_differs<RequestHead>(bytes), "") << vector.id();
    if (vector.verdict() != "safe")
      tally.expect(server.refused() && server.messages.empty(), vector, "refused", server.text());
  }
}

// A line that is well formed and only looks like Transfer-Encoding is another header; everything else is refused.
bool is_another_header(std::string_view line) {
  std::size_t colon = line.find(':');
  return colon != line.npos && is_token(line.substr(0, colon)) && is_value(line.substr(colon + 1)) &&
         !iequals(line.substr(0, colon), "transfer-encoding") && !iequals(line.substr(0, colon), "transfer_encoding");
}

TEST(Http1Vectors, MutatedTransferEncodingIsRefusedOrPlainlyAnotherHeader) {
  TG_VECTORS_OR_SKIP(vectors, "http1-te-mutations/mutations.jsonl");
  Tally tally("http1-te-mutations", {});
  for (const Vector& vector : vectors) {
    bool another = is_another_header(vector.bytes("header_line_b64"));
    for (auto shape : {"clte_b64", "tecl_b64"}) {
      std::string bytes = vector.bytes(shape);
      Server server = read_all<RequestHead>({bytes});
      tally.count(server);
      bool by_length = server.heads == 1 && server.last_framing == BodyFraming{BodyFraming::Kind::length, 6};
      tally.expect(another ? by_length : server.refusal.status == 400 && server.heads == 0, vector,
                   another ? "framed by Content-Length alone" : "refused", server.text());
      EXPECT_EQ(cut_that_differs<RequestHead>(bytes), "") << vector.id();
    }
  }
}

// The classes above, made denser: every byte at every place of the line, as insertion and as replacement.
TEST(Http1Vectors, NoByteTurnsAFramingLineIntoAnotherReading) {
  for (std::string line : {"Transfer-Encoding: chunked", "Content-Length: 5"}) {
    using Kind = BodyFraming::Kind;
    BodyFraming right = line[0] == 'T' ? BodyFraming{Kind::chunked, 0} : BodyFraming{Kind::length, 5};
    std::size_t colon = line.find(':');
    for (std::size_t at = 0; at <= line.size(); ++at)
      for (int byte = 0; byte < 256; ++byte)
        for (std::size_t replaced : {0, 1}) {
          std::string mutated = line;
          mutated.replace(at, replaced, 1, static_cast<char>(byte));
          std::string bytes = "POST / HTTP/1.1\r\nHost: a\r\n" + mutated + "\r\n\r\n";
          RequestHead head;
          std::size_t resume = 0;
          if (parse_request_head(bytes, resume, head).state != ParseState::complete) continue;
          bool other_name = head.framing.kind == Kind::none && at <= colon;
          bool other_number = head.framing.kind == Kind::length && at > colon && is_digit(static_cast<char>(byte));
          EXPECT_TRUE(head.framing == right || other_name || other_number) << mutated;
        }
  }
}

}  // namespace
}  // namespace tollgate::http
