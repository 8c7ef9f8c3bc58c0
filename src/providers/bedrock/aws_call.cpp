#include "providers/bedrock/aws_call.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/hash.h"
#include "providers/upstream.h"

namespace tollgate {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view bedrock_service = "bedrock";
constexpr std::size_t date_digits = 8;  // of a stamp

bool unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
}

// Every service but S3 signs the path encoded once more than it is sent.
std::string canonical_path(std::string_view sent) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (char c : sent) {
    if (unreserved(c) || c == '/') {
      out += c;
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    out += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return out.empty() ? "/" : out;
}

std::string canonical_query(std::string_view query) {
  if (query.empty()) return {};
  std::vector<std::string> fields;
  for (std::string_view field : split(query, '&')) fields.emplace_back(field.find('=') == field.npos ? std::string(field) + "=" : std::string(field));
  std::sort(fields.begin(), fields.end());
  std::string out;
  for (const std::string& field : fields) {
    if (!out.empty()) out += '&';
    out += field;
  }
  return out;
}

std::string hash_of(std::span<const std::string_view> body) {
  crypto::Sha256 hash;
  for (std::string_view part : body) hash.add(part);
  return hex(crypto::bytes_of(hash.finish()));
}

std::string mac(std::string_view key, std::string_view message) {
  return std::string(crypto::bytes_of(crypto::HmacKey(key).mac(message)));
}

}  // namespace

std::string aws_stamp(WallTime now) {
  std::string stamp;
  for (char c : rfc3339(now)) {
    if (c == '.') break;  // and no milliseconds
    if (c != '-' && c != ':') stamp += c;
  }
  return stamp + 'Z';
}

std::string aws_authorization(const AwsRequest& request, std::string_view access_key, std::string_view secret,
                              std::string_view stamp) {
  auto headers = request.headers;
  headers.emplace_back("host", request.host);
  std::sort(headers.begin(), headers.end());
  std::string lines;
  std::string names;
  for (const auto& [name, value] : headers) {
    lines.append(name).append(":").append(trimmed(value)).append("\n");
    if (!names.empty()) names += ';';
    names += name;
  }
  std::size_t mark = request.path.find('?');
  std::string canonical(request.method);
  canonical.append("\n").append(canonical_path(request.path.substr(0, mark))).append("\n");
  canonical.append(mark == std::string_view::npos ? "" : canonical_query(request.path.substr(mark + 1))).append("\n");
  canonical.append(lines).append("\n").append(names).append("\n").append(hash_of(request.body));

  std::string_view date = stamp.substr(0, date_digits);
  std::string scope(date);
  scope.append("/").append(request.region).append("/").append(request.service).append("/aws4_request");
  std::string to_sign(algorithm);
  to_sign.append("\n").append(stamp).append("\n").append(scope).append("\n").append(hex(crypto::bytes_of(crypto::sha256(canonical))));

  std::string key = mac(mac(mac(mac("AWS4" + std::string(secret), date), request.region), request.service), "aws4_request");
  std::string out(algorithm);
  out.append(" Credential=").append(access_key).append("/").append(scope);
  out.append(", SignedHeaders=").append(names).append(", Signature=").append(hex(mac(key, to_sign)));
  return out;
}

AwsSignature sign_for_aws(const ProviderCall& call, std::string_view path, WallTime now) {
  const Upstream& upstream = *call.target.upstream;
  std::string stamp = aws_stamp(now);
  std::string token(call.key->session_token.reveal());
  AwsRequest request{.method = call.method, .host = upstream.authority, .path = path, .service = bedrock_service, .region = upstream.region,
                     .body = call.body};
  request.headers.emplace_back("x-amz-date", stamp);
  if (!token.empty()) request.headers.emplace_back("x-amz-security-token", token);
  AwsSignature signature;
  signature.add("authorization", aws_authorization(request, call.key->account, call.key->secret.reveal(), stamp));
  signature.add("x-amz-date", std::move(stamp));
  if (!token.empty()) signature.add("x-amz-security-token", std::move(token));
  return signature;
}

}  // namespace tollgate
