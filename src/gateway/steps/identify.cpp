#include "gateway/steps/identify.h"

#include "gateway/audited.h"
#include "gateway/own_headers.h"
#include "identity/authorize.h"
#include "identity/credential.h"

namespace tollgate {
namespace {

struct HeadReading {
  Credential credential;
  Wishes wishes;
  Result<void> fault;  // the first header of ours that is wrong
};

void read_head(Exchange& x, HeadReading& reading) {
  const Incoming& incoming = *x.incoming;
  for (std::size_t i = 0; i < incoming.header_count(); ++i) {
    HeaderView header = incoming.header(i);
    reading.credential.header(header.name, header.value);
    x.claims.header(header.name, header.value);
    if (auto taken = take_wish(header.name, header.value, reading.wishes); !taken && reading.fault)
      reading.fault = std::move(taken);
  }
  if (!incoming.query().empty()) reading.credential.query(incoming.query());
}

}  // namespace

namespace {

Result<const VirtualKey*> find_key(const Incoming& incoming, const Snapshot& snapshot, WallTime now) {
  Credential credential;
  for (std::size_t i = 0; i < incoming.header_count(); ++i) {
    HeaderView header = incoming.header(i);
    credential.header(header.name, header.value);
  }
  if (!incoming.query().empty()) credential.query(incoming.query());
  TG_TRY(text, credential.only());
  const VirtualKey* key = snapshot.keys->find(text, now);
  if (key == nullptr) return fail(invalid_key());
  TG_TRY_VOID(check_caller(*key, now, incoming.peer().ip));
  return key;
}

}  // namespace

Result<const VirtualKey*> find_caller(const Incoming& incoming, const Snapshot& snapshot, Worker& worker) {
  auto key = find_key(incoming, snapshot, worker.reactor.wall());
  if (!key) audit_stranger(incoming, "questions", key.error(), worker);
  return key;
}

Result<void> identify(Exchange& x, Worker& worker) {
  HeadReading reading;
  read_head(x, reading);
  TG_TRY(credential, reading.credential.only());
  WallTime now = worker.reactor.wall();
  const VirtualKey* key = x.snapshot().keys->find(credential, now);
  if (key == nullptr) return fail(invalid_key());
  auto checked = check_caller(*key, now, x.incoming->peer().ip);
  if (!checked && checked.error().fault == Fault::invalid_key) return checked;
  x.key = key;
  x.row.key = key->name;
  x.row.attribution = key->attribution;
  TG_TRY_VOID(checked);
  x.strict = reading.wishes.strict;
  x.idempotency = reading.wishes.idempotency;
  x.hint = reading.wishes.hint;
  x.dry_run = reading.wishes.dry_run;
  x.session = reading.wishes.session;
  if (reading.wishes.timeout) x.deadline = x.began + *reading.wishes.timeout;
  return reading.fault;
}

}  // namespace tollgate
