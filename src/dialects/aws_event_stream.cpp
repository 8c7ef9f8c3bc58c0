#include "dialects/aws_event_stream.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tollgate {
namespace {

constexpr std::size_t prelude_bytes = 12, checksum_bytes = 4;
constexpr std::uint8_t string_header = 7;

// CRC-32 of IEEE 802.3, reflected.
constexpr std::array<std::uint32_t, 256> crc_table = [] {
  constexpr std::uint32_t polynomial = 0xedb88320u;
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? value >> 1 ^ polynomial : value >> 1;
    table[i] = value;
  }
  return table;
}();

std::uint32_t crc_of(std::string_view bytes) {
  std::uint32_t crc = ~0u;
  for (char c : bytes) crc = crc >> 8 ^ crc_table[(crc ^ static_cast<unsigned char>(c)) & 0xff];
  return ~crc;
}

std::uint32_t read_u32(std::string_view at) {
  std::uint32_t value = 0;
  for (char c : at.substr(0, 4)) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

void append_u32(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
}

// Bytes of a header's value by its type; of 6 and 7 the length comes first. Negative: no such type.
int fixed_size(std::uint8_t type) {
  constexpr int sizes[] = {0, 0, 1, 2, 4, 8, -2, -2, 8, 16};
  return type < std::size(sizes) ? sizes[type] : -1;
}

struct Header {
  std::string_view name, value;
  std::uint8_t type = 0;
};

// Takes one header from the front. Empty: they are broken.
std::optional<Header> take_header(std::string_view& headers) {
  auto take = [&](std::size_t count) {
    std::string_view taken = headers.substr(0, count);
    headers.remove_prefix(count);
    return taken;
  };
  std::size_t name_size = static_cast<unsigned char>(headers[0]);
  if (headers.size() < 1 + name_size + 1) return std::nullopt;
  take(1);
  Header header;
  header.name = take(name_size);
  header.type = static_cast<unsigned char>(take(1)[0]);
  int size = fixed_size(header.type);
  if (size == -1) return std::nullopt;
  if (size == -2) {
    if (headers.size() < 2) return std::nullopt;
    std::string_view length = take(2);
    size = static_cast<unsigned char>(length[0]) << 8 | static_cast<unsigned char>(length[1]);
  }
  if (headers.size() < static_cast<std::size_t>(size)) return std::nullopt;
  header.value = take(static_cast<std::size_t>(size));
  return header;
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out += static_cast<char>(name.size());
  out += name;
  out += static_cast<char>(string_header);
  out += static_cast<char>(value.size() >> 8);
  out += static_cast<char>(value.size());
  out += value;
}

void append_message(std::string& out, std::string_view kind, std::string_view type_header, std::string_view type, std::string_view payload) {
  std::string headers;
  append_header(headers, type_header, type);
  append_header(headers, ":content-type", "application/json");
  append_header(headers, ":message-type", kind);
  std::string message;
  append_u32(message, static_cast<std::uint32_t>(prelude_bytes + headers.size() + payload.size() + checksum_bytes));
  append_u32(message, static_cast<std::uint32_t>(headers.size()));
  append_u32(message, crc_of(message));
  message.append(headers).append(payload);
  append_u32(message, crc_of(message));
  out += message;
}

}  // namespace

// Makes the message's first bytes lie together, at the front of input_ or in buffer_. False: more must come.
bool AwsEventFramer::fill(std::size_t wanted) {
  if (buffer_.empty() && input_.size() >= wanted) return true;
  std::size_t missing = wanted - std::min(wanted, buffer_.size());
  std::size_t taken = std::min(missing, input_.size());
  buffer_ += input_.substr(0, taken);
  input_.remove_prefix(taken);
  return buffer_.size() >= wanted;
}

bool AwsEventFramer::next(Frame& out) {
  if (std::exchange(given_, false)) buffer_.clear();
  if (trouble_ != Trouble::none || (input_.empty() && buffer_.empty()) || !fill(prelude_bytes)) return false;
  std::string_view front = buffer_.empty() ? input_ : std::string_view(buffer_);
  std::size_t size = read_u32(front), headers = read_u32(front.substr(4));
  bool sound = read_u32(front.substr(8)) == crc_of(front.substr(0, 8)) && size >= prelude_bytes + checksum_bytes &&
               headers <= size - prelude_bytes - checksum_bytes;
  if (!sound || size > max_message_bytes_) {
    trouble_ = sound ? Trouble::too_large : Trouble::broken;
    return false;
  }
  if (!fill(size)) return false;
  std::string_view message = buffer_.empty() ? input_.substr(0, size) : std::string_view(buffer_);
  if (buffer_.empty())
    input_.remove_prefix(size);
  else
    given_ = true;
  if (read(message, out)) return true;
  trouble_ = Trouble::broken;
  return false;
}

bool AwsEventFramer::read(std::string_view message, Frame& out) {
  std::size_t end = message.size() - checksum_bytes;
  if (read_u32(message.substr(end)) != crc_of(message.substr(0, end))) return false;
  std::string_view headers = message.substr(prelude_bytes, read_u32(message.substr(4)));
  out = {};
  out.block = message;
  out.data = message.substr(prelude_bytes + headers.size(), end - prelude_bytes - headers.size());
  out.has_data = true;
  std::string_view told;
  while (!headers.empty()) {
    auto header = take_header(headers);
    if (!header) return false;
    if (header->type != string_header) continue;
    if (header->name == ":event-type") out.name = header->value;
    if (header->name == ":exception-type" || header->name == ":error-code") out.error_field = header->value;
    if (header->name == ":error-message") told = header->value;
  }
  if (!told.empty()) out.data = told;
  return true;
}

std::optional<Error> AwsEventFramer::failure() const {
  if (trouble_ == Trouble::none) return std::nullopt;
  return Error{.fault = Fault::upstream_protocol,
               .retry = Retry::next_target,
               .detail = trouble_ == Trouble::too_large ? "an event of the provider's stream is too large" : "the provider's event stream is broken"};
}

void append_aws_event(std::string& out, std::string_view event_type, std::string_view payload) {
  append_message(out, "event", ":event-type", event_type, payload);
}

void append_aws_exception(std::string& out, std::string_view exception_type, std::string_view payload) {
  append_message(out, "exception", ":exception-type", exception_type, payload);
}

}  // namespace tollgate
