#pragma once
// TLS over another stream, either side of it. OpenSSL reads from and writes to the inner stream directly; nothing is
// copied between, and an idle connection holds no record buffer.
//
// Small parts that are written together leave as one record. The readiness is the inner stream's: after the handshake a
// read never waits to write and a write never waits to read. There is no renegotiation, and OpenSSL answers a key update
// with our next write.
//
// An end without the peer's close_notify is `failed`, not `ended`: anyone on the way could have cut it. Destroying the
// stream sends nothing, so the peer can tell an answer that was broken off from one that is whole.

#include "net/tls_context.h"
#include "ports/byte_stream.h"

namespace tollgate {

class TlsStream final : public ByteStream {
 public:
  // `ssl` is fresh, with its side set. `companion` lives as long as `ssl`.
  TlsStream(SslPtr ssl, std::unique_ptr<ByteStream> inner, std::shared_ptr<void> companion = nullptr);
  ~TlsStream() override;

  Task<Result<void>> shake_hands(Wait wait) override;
  // REQUIRES for all below: the handshake is done; else they fail.
  IoCount try_read(std::span<char> into) override;
  bool has_pending() const override;
  IoCount try_write(std::span<const std::string_view> parts) override;
  void finish_writing() override;
  bool is_finishing() const override { return finish_ == Finish::waiting; }

  Readiness& readiness() override { return inner_->readiness(); }
  PeerAddress peer() const override { return inner_->peer(); }

  // Whether the handshake failed because of the peer's certificate, and not for another reason.
  bool certificate_refused() const;
  // Whether the handshake took up an earlier session.
  bool resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

 private:
  enum class State : std::uint8_t { shaking, open, broken };
  enum class Finish : std::uint8_t { unasked, waiting, told };
  struct Bio;  // OpenSSL's way to the inner stream

  IoCount read_record(std::span<char> into);
  IoCount broken();
  int take_in(std::span<char> into, bool& again);
  int send_out(std::string_view bytes, bool& again);
  bool send_close_notify();

  std::shared_ptr<void> companion_;
  std::unique_ptr<ByteStream> inner_;
  SslPtr ssl_;
  std::size_t sealed_bytes_ = 0;  // plain bytes of a record that OpenSSL has made and the socket has not taken whole
  State state_ = State::shaking;
  Finish finish_ = Finish::unasked;
  bool drained_ = false;  // the last read found less than a record
};

}  // namespace tollgate
