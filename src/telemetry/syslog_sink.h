#pragma once
// Lines as messages of syslog (RFC 5424): facility 13 (log audit), severity 6, the line's own time, the kind as message id,
// and the JSON as the message.
//
//   udp://HOST:PORT, unix:/PATH    a datagram for each; longer ones are cut at 60,000 bytes
//   tcp://HOST:PORT, tls://…       octets are counted (RFC 6587, 3.4.1; RFC 5425)
//
// Nobody answers in syslog: a success means that the lines are on their way.

#include <memory>
#include <optional>

#include "net/datagram.h"
#include "ports/network.h"
#include "telemetry/export_sink.h"

namespace tollgate {

struct SyslogAddress {
  enum class Way : std::uint8_t { udp, tcp, tls, local };
  Way way = Way::udp;
  std::string host;  // of local the path
  std::uint16_t port = 0;
  friend bool operator==(const SyslogAddress&, const SyslogAddress&) = default;
};
// Empty when it is none of the forms above. IPv6 addresses stand in brackets.
std::optional<SyslogAddress> parse_syslog_address(std::string_view text);

struct SyslogSender {
  std::string host_name;  // empty: not known
  int process = 0;
};
std::string syslog_message(const ExportLine& line, const SyslogSender& sender);

class SyslogSink final : public ExportSink {
 public:
  // Dialer and resolver outlive it.
  SyslogSink(SyslogAddress address, SyslogSender sender, Dialer& dialer, Resolver& resolver)
      : address_(std::move(address)), sender_(std::move(sender)), dialer_(dialer), resolver_(resolver) {}

  Task<Result<void>> deliver(std::span<const ExportLine> lines, Wait wait) override;
  bool is_answered() const override { return false; }
  bool still_there() override;

 private:
  Task<Result<void>> open(Wait wait);
  Task<Result<void>> deliver_stream(std::span<const ExportLine> lines, Wait wait);
  Task<Result<void>> deliver_datagrams(std::span<const ExportLine> lines, Wait wait);
  bool is_stream() const { return address_.way == SyslogAddress::Way::tcp || address_.way == SyslogAddress::Way::tls; }

  const SyslogAddress address_;
  const SyslogSender sender_;
  Dialer& dialer_;
  Resolver& resolver_;
  std::unique_ptr<ByteStream> stream_;
  std::unique_ptr<DatagramSender> datagrams_;
};

}  // namespace tollgate
