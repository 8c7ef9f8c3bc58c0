#include "net/config.h"

namespace tollgate {

void describe(Fields& fields, TlsConfig& tls) {
  fields.add("cert", tls.cert, "File with the certificate and its chain, PEM.")
      .required()
      .example("/etc/tollgate/cert.pem")
      .known_as({"certificate", "cert_file", "ssl_certfile"});
  fields.add("key", tls.key, "File with its private key, PEM.")
      .required()
      .example("/etc/tollgate/key.pem")
      .known_as({"private_key", "key_file", "ssl_keyfile"});
}

void describe(Fields& fields, ServerConfig& server) {
  fields.add("listen", server.listen, "Addresses of the model port; port 0 takes a free one.")
      .not_empty()
      .at_most(64)
      .known_as({"bind", "address", "host", "port", "addr"});
  fields.add("threads", server.threads, "Serving threads; `auto` obeys the CPU quota.")
      .empty("auto")
      .range(1, 256)
      .known_as({"workers", "num_workers"});
  fields
      .add("memory", server.memory,
           "Bound of all buffered bodies together; beyond it calls get 503. `auto` is half of the memory.")
      .empty("auto")
      .range(mib(16), gib(1024));
  fields.add("max_body", server.max_body, "Largest request body; a larger one gets 413.").range(kib(1), gib(4));
  fields.add("max_target", server.max_target, "Longest path with query; a longer one gets 414.")
      .range(Bytes{256}, kib(60));
  fields.add("max_head", server.max_head, "Largest request head; a larger one gets 431.").range(kib(1), kib(60));
  fields.add("max_fields", server.max_fields, "Most header fields of a request; more get 431.").range(10, 100);
  fields.add("max_json_depth", server.max_json_depth, "Deepest nesting of a JSON body; deeper ones get 400.")
      .range(8, 512);
  fields.add("max_connections", server.max_connections, "Most open connections of one thread.").range(16, 1'000'000);
  fields.add("head_timeout", server.head_timeout, "A request's head must be complete within this time; else 408.")
      .range(milliseconds(100), seconds(600));
  fields
      .add("body_timeout", server.body_timeout,
           "A request's body must be complete within this time and a second more for each KiB; else 408.")
      .range(milliseconds(100), seconds(3600));
  fields.add("write_timeout", server.write_timeout, "A client that takes nothing for this long is gone.")
      .range(milliseconds(100), seconds(3600));
  fields.add("idle_timeout", server.idle_timeout, "An open connection without a request is closed after this time.")
      .range(milliseconds(100), seconds(3600))
      .known_as({"keep_alive", "keepalive_timeout"});
  fields.add("drain", server.drain, "How long running calls may take to end at a graceful stop.")
      .range(seconds(0), seconds(86'400))
      .known_as({"graceful_timeout", "shutdown_timeout"});
  fields.add("trusted_proxies", server.trusted_proxies, "Peers whose `X-Forwarded-For` names the client's address.")
      .at_most(256)
      .example("[10.0.0.0/8]");
  fields.add("tls", server.tls, "Serve https with this certificate.");
  fields.add("open_routes", server.open_routes,
             "Let callers name `provider/model` without a route of that name.");
  fields.add("watch", server.watch, "Reload when this file changes.");
  fields.add("proxy_protocol", server.proxy_protocol,
             "Connections begin with a PROXY protocol header (1 or 2) that names the client; one without it is closed.");
}

}  // namespace tollgate
