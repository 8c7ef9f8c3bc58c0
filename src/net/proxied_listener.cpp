#include "net/proxied_listener.h"

#include <cstring>

#include "net/buffer.h"
#include "net/proxy_protocol.h"

namespace tollgate {
namespace {

class ProxiedStream final : public ByteStream {
 public:
  explicit ProxiedStream(std::unique_ptr<ByteStream> inner) : inner_(std::move(inner)), peer_(inner_->peer()) {}

  Task<Result<void>> shake_hands(Wait wait) override;

  // What came behind the header in the same read goes first.
  IoCount try_read(std::span<char> into) override {
    if (begin_ == end_) return inner_->try_read(into);
    std::size_t size = std::min(into.size(), end_ - begin_);
    std::memcpy(into.data(), buffer_.data() + begin_, size);
    begin_ += size;
    if (begin_ == end_) buffer_.release();
    return IoCount::moved(size);
  }
  bool has_pending() const override { return begin_ < end_ || inner_->has_pending(); }
  IoCount try_write(std::span<const std::string_view> parts) override { return inner_->try_write(parts); }
  void finish_writing() override { inner_->finish_writing(); }
  bool is_finishing() const override { return inner_->is_finishing(); }
  Readiness& readiness() override { return inner_->readiness(); }
  PeerAddress peer() const override { return peer_; }

 private:
  std::unique_ptr<ByteStream> inner_;
  PeerAddress peer_;
  Buffer buffer_;
  std::size_t begin_ = 0, end_ = 0;
};

Task<Result<void>> ProxiedStream::shake_hands(Wait wait) {
  TG_CO_TRY_VOID(co_await inner_->shake_hands(wait));
  buffer_ = Buffer(std::max(Buffer::smallest, proxy_header_bytes_max));
  for (;;) {
    ProxyHeader header = read_proxy_header({buffer_.data(), end_});
    if (header.state == ProxyHeader::State::whole) {
      if (header.client) peer_ = *header.client;
      begin_ = header.bytes;
      break;
    }
    if (header.state == ProxyHeader::State::wrong || end_ == buffer_.size())
      co_return fail(Fault::upstream_unreachable, "the connection does not begin with a PROXY protocol header");
    TG_CO_TRY(got, co_await read_some(*inner_, buffer_.from(end_), wait));
    if (got == 0) co_return fail(Fault::upstream_unreachable, "the connection ended before its PROXY protocol header");
    end_ += got;
  }
  if (begin_ == end_) buffer_.release();
  co_return Result<void>{};
}

}  // namespace

Task<Result<std::unique_ptr<ByteStream>>> ProxiedListener::accept(Wait wait) {
  TG_CO_TRY(stream, co_await inner_.accept(wait));
  std::unique_ptr<ByteStream> proxied = std::make_unique<ProxiedStream>(std::move(stream));
  co_return std::move(proxied);
}

}  // namespace tollgate
