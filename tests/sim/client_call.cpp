#include "sim/client_call.h"

#include <fmt/format.h>

#include "sim/settings.h"

namespace tollgate::sim {
namespace {

bool one_in(std::uint64_t many, Random& random) { return random.below(many) == 0; }

Duration up_to_ms(std::uint64_t most, Random& random) {
  return milliseconds(static_cast<std::int64_t>(random.below(most + 1)));
}

std::string draw_message(const std::string& mark, Random& random) {
  std::size_t filler = one_in(25, random) ? random.below(90'000) : random.below(700);
  return mark + " " + std::string(filler, 'w');
}

std::string body_of(const ClientCall& call, Random& random) {
  std::string message = draw_message(call.mark, random);
  std::string user = one_in(4, random) ? fmt::format(R"(,"user":"u{}")", random.below(4)) : "";
  if (call.wanted == Wanted::embeddings) return fmt::format(R"({{"model":"vectors","input":"{}"{}}})", message, user);
  std::string_view model = one_in(6, random) ? "spare" : "main";
  std::uint64_t max_tokens = 1 + random.below(150);
  std::string body = fmt::format(R"({{"model":"{}","messages":[{{"role":"user","content":"{}"}}],"max_tokens":{}{})",
                                 model, message, max_tokens, user);
  if (call.wanted == Wanted::stream) body += R"(,"stream":true)";
  if (call.usage_asked) body += R"(,"stream_options":{"include_usage":true})";
  return body + "}";
}

Leaving draw_leaving(std::size_t request_bytes, Random& random) {
  Leaving leaving;
  leaving.how = static_cast<Leaving::How>(random.below(3));
  switch (random.below(32)) {
    case 0:
      leaving.when = Leaving::When::while_sending;
      leaving.bytes = random.below(request_bytes);
      break;
    case 1:
    case 2:
    case 3:
      leaving.when = Leaving::When::after_sending;
      leaving.delay = up_to_ms(3000, random);
      break;
    case 4:
    case 5:
      leaving.when = Leaving::When::while_reading;
      leaving.bytes = random.below(1500);
      break;
    default: break;
  }
  return leaving;
}

Behaviour draw_behaviour(std::size_t request_bytes, Random& random) {
  Behaviour behaviour;
  behaviour.leaving = draw_leaving(request_bytes, random);
  if (one_in(12, random)) {
    behaviour.read_at_once = 40 + random.below(200);
    behaviour.read_pause = up_to_ms(400, random);
  }
  if (one_in(16, random)) {
    behaviour.send_at_once = 1 + random.below(request_bytes + 200);
    behaviour.send_pause = up_to_ms(400, random);
  }
  behaviour.close_after = one_in(6, random);
  return behaviour;
}

// Something is wrong with the request, and the gateway must say so.
void make_odd(ClientCall& call, std::string& model_body, std::string& path, Random& random) {
  call.odd = true;
  switch (random.below(5)) {
    case 0: call.key.clear(); break;
    case 1: model_body.pop_back(); break;
    case 2: model_body = R"({"model":"nothing","messages":[{"role":"user","content":"x"}]})"; break;
    case 3: path = "/v1/nowhere"; break;
    default: model_body = R"({"model":"main","messages":"none"})"; break;
  }
}

}  // namespace

DrawnCall draw_call(std::string mark, int key, Random& random) {
  DrawnCall drawn;
  ClientCall& call = drawn.call;
  call.mark = std::move(mark);
  call.key = key_name(key);
  std::uint64_t kind = random.below(20);
  call.wanted = kind < 3 ? Wanted::embeddings : kind < 9 ? Wanted::chat : Wanted::stream;
  call.usage_asked = call.wanted == Wanted::stream && one_in(3, random);
  if (one_in(10, random)) call.own_timeout = milliseconds(1) + up_to_ms(6000, random);

  std::string body = body_of(call, random);
  std::string path = call.wanted == Wanted::embeddings ? "/v1/embeddings" : "/v1/chat/completions";
  if (one_in(14, random)) make_odd(call, body, path, random);
  std::string secret = call.key.empty() ? "nobody-knows-this-secret-at-all" : key_secret(key);
  std::string head = fmt::format(
      "POST {} HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer {}\r\ncontent-type: "
      "application/json\r\ncontent-length: "
      "{}\r\nx-tollgate-tags: {}={}\r\n",
      path, secret, body.size(), mark_tag, call.mark);
  if (call.own_timeout)
    head += fmt::format("x-tollgate-timeout-ms: {}\r\n",
                        std::chrono::duration_cast<milliseconds>(*call.own_timeout).count());
  drawn.behaviour = draw_behaviour(body.size(), random);
  if (drawn.behaviour.close_after) head += "connection: close\r\n";
  drawn.request = head + "\r\n" + body;
  call.brisk = drawn.behaviour.read_pause == Duration(0) && drawn.behaviour.send_pause == Duration(0);
  return drawn;
}

}  // namespace tollgate::sim
