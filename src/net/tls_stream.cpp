#include "net/tls_stream.h"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <new>

namespace tollgate {
namespace {

constexpr std::size_t record_bytes_max = SSL3_RT_MAX_PLAIN_LENGTH;  // 16 KiB, RFC 8446, 5.1

std::unexpected<Error> handshake_failed() {
  return fail(
      {.fault = Fault::upstream_unreachable, .retry = Retry::next_target, .detail = "the TLS handshake failed"});
}

// What is still to be written of the parts.
class Remaining {
 public:
  explicit Remaining(std::span<const std::string_view> parts) : parts_(parts) { skip(0); }

  // The next `size` bytes or fewer: where they lie when one part has them, else gathered in `room`.
  std::string_view front(std::size_t size, std::span<char> room) const {
    if (parts_.empty()) return {};
    std::string_view first = parts_[0].substr(begin_);
    if (first.size() >= size || parts_.size() == 1) return first.substr(0, size);
    std::size_t used = first.copy(room.data(), size);
    for (std::string_view part : parts_.subspan(1)) used += part.copy(room.data() + used, size - used);
    return {room.data(), used};
  }

  void skip(std::size_t size) {
    begin_ += size;
    while (!parts_.empty() && begin_ >= parts_[0].size()) {
      begin_ -= parts_[0].size();
      parts_ = parts_.subspan(1);
    }
  }

 private:
  std::span<const std::string_view> parts_;
  std::size_t begin_ = 0;  // within the first part
};

}  // namespace

struct TlsStream::Bio {
  static TlsStream& stream(BIO* bio) { return *static_cast<TlsStream*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* into, int size) {
    BIO_clear_retry_flags(bio);
    bool again = false;
    int got = stream(bio).take_in({into, static_cast<std::size_t>(size)}, again);
    if (again) BIO_set_retry_read(bio);
    return got;
  }
  static int write(BIO* bio, const char* from, int size) {
    BIO_clear_retry_flags(bio);
    bool again = false;
    int put = stream(bio).send_out({from, static_cast<std::size_t>(size)}, again);
    if (again) BIO_set_retry_write(bio);
    return put;
  }
  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static BIO_METHOD* make_method() {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "tollgate stream");
    if (method == nullptr) throw std::bad_alloc();
    BIO_meth_set_read(method, read);
    BIO_meth_set_write(method, write);
    BIO_meth_set_ctrl(method, control);
    return method;
  }
  static BIO* make(TlsStream* owner) {
    static BIO_METHOD* const method = make_method();  // never changed, shared by all threads
    BIO* bio = BIO_new(method);
    if (bio == nullptr) throw std::bad_alloc();
    BIO_set_data(bio, owner);
    BIO_set_init(bio, 1);
    return bio;
  }
};

TlsStream::TlsStream(SslPtr ssl, std::unique_ptr<ByteStream> inner, std::shared_ptr<void> companion)
    : companion_(std::move(companion)), inner_(std::move(inner)), ssl_(std::move(ssl)) {
  BIO* bio = Bio::make(this);
  SSL_set_bio(ssl_.get(), bio, bio);
}

TlsStream::~TlsStream() {
  // A session whose connection was merely dropped is still good: without this OpenSSL would spoil it.
  if (state_ == State::open) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

// --- OpenSSL's calls

int TlsStream::take_in(std::span<char> into, bool& again) {
  IoCount got = inner_->try_read(into);
  again = got.state == IoCount::State::blocked;
  if (got.state == IoCount::State::ended) return 0;
  return got.state == IoCount::State::moved ? static_cast<int>(got.count) : -1;
}

int TlsStream::send_out(std::string_view bytes, bool& again) {
  IoCount put = inner_->try_write({&bytes, 1});
  again = put.state == IoCount::State::blocked;
  return put.state == IoCount::State::moved ? static_cast<int>(put.count) : -1;
}

// --- our callers

Task<Result<void>> TlsStream::shake_hands(Wait wait) {
  TG_CO_TRY_VOID(co_await inner_->shake_hands(wait));
  while (state_ == State::shaking) {
    ERR_clear_error();
    int code = SSL_do_handshake(ssl_.get());
    if (code == 1) {
      state_ = State::open;
      break;
    }
    int why = SSL_get_error(ssl_.get(), code);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
      broken();
      break;
    }
    Wake wake;
    if (why == SSL_ERROR_WANT_READ) wake = co_await readiness().readable(wait);
    else wake = co_await readiness().writable(wait);
    if (wake != Wake::ready) co_return fail(woken_early(wake));
  }
  if (state_ == State::broken) co_return handshake_failed();
  co_return Result<void>{};
}

IoCount TlsStream::broken() {
  state_ = State::broken;
  ERR_clear_error();
  return IoCount::failed();
}

IoCount TlsStream::read_record(std::span<char> into) {
  ERR_clear_error();
  std::size_t got = 0;
  int code = SSL_read_ex(ssl_.get(), into.data(), into.size(), &got);
  drained_ = code != 1;
  if (code == 1) return IoCount::moved(got);
  switch (SSL_get_error(ssl_.get(), code)) {
    case SSL_ERROR_WANT_READ: return IoCount::blocked();
    case SSL_ERROR_ZERO_RETURN: return IoCount::ended();
    default: return broken();
  }
}

IoCount TlsStream::try_read(std::span<char> into) {
  if (state_ != State::open) return IoCount::failed();
  IoCount first = read_record(into);
  if (first.state != IoCount::State::moved) return first;
  std::size_t total = first.count;
  while (total < into.size() && has_pending()) {  // records that came together
    IoCount next = read_record(into.subspan(total));
    if (next.state != IoCount::State::moved) break;  // an end or a failure stays and is told by the next call
    total += next.count;
  }
  return IoCount::moved(total);
}

bool TlsStream::has_pending() const {
  return state_ == State::open && !drained_ && SSL_has_pending(ssl_.get()) == 1;
}

IoCount TlsStream::try_write(std::span<const std::string_view> parts) {
  if (state_ != State::open) return IoCount::failed();
  std::array<char, record_bytes_max> room;
  Remaining remaining(parts);
  for (std::size_t total = 0;;) {
    // A record that was sealed and not yet taken must be asked for again with the very bytes it was made of.
    std::size_t size = sealed_bytes_ > 0 ? sealed_bytes_ : record_bytes_max;
    std::string_view record = remaining.front(size, room);
    if (record.empty()) return IoCount::moved(total);
    ERR_clear_error();
    std::size_t put = 0;
    int code = SSL_write_ex(ssl_.get(), record.data(), record.size(), &put);
    if (code != 1) {
      // To want a read means a peer that leaves a message of TLS itself unfinished: no readiness would end the wait.
      if (SSL_get_error(ssl_.get(), code) != SSL_ERROR_WANT_WRITE) return broken();
      sealed_bytes_ = record.size();
      return total > 0 ? IoCount::moved(total) : IoCount::blocked();
    }
    sealed_bytes_ = 0;
    total += put;
    remaining.skip(put);
  }
}

// False when the socket is full.
bool TlsStream::send_close_notify() {
  ERR_clear_error();
  int code = SSL_shutdown(ssl_.get());
  bool full = code < 0 && SSL_get_error(ssl_.get(), code) == SSL_ERROR_WANT_WRITE;
  ERR_clear_error();
  return !full;
}

void TlsStream::finish_writing() {
  // A writer that gave up on a record has not finished: its peer must not believe so.
  bool can_tell = state_ == State::open && sealed_bytes_ == 0 && finish_ != Finish::told;
  bool full = can_tell && !send_close_notify();
  finish_ = full ? Finish::waiting : Finish::told;
  if (!full) inner_->finish_writing();
}

bool TlsStream::certificate_refused() const {
  return state_ == State::broken && SSL_get_verify_result(ssl_.get()) != X509_V_OK;
}

}  // namespace tollgate
