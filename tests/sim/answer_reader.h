#pragma once
// Reads one answer of the gateway as a client does, strictly: head, body by its framing, and what it means.

#include <string>
#include <string_view>

#include "net/http1/body.h"
#include "net/http1/head.h"
#include "sim/story.h"

namespace tollgate::sim {

class AnswerReader {
 public:
  // Takes what came; false when it is no HTTP.
  bool feed(std::string_view bytes);
  void end_of_input();

  bool head_came() const { return head_read_; }
  bool done() const { return head_read_ && body_reader_.done(); }
  bool keep_alive() const { return keep_alive_ && rest_.empty(); }
  std::size_t body_bytes() const { return body_.size(); }

  // Writes what is known of the answer into the call, but for how it ended.
  void tell(ClientCall& call) const;
  // How a complete answer ended the call.
  CallEnd meaning(const ClientCall& call) const;

 private:
  bool take_head();
  void take_body(std::string_view bytes);

  std::string raw_;
  std::string rest_;  // behind the answer
  std::string body_;
  http::BodyReader body_reader_;
  bool head_read_ = false;
  bool keep_alive_ = false;
  bool broken_ = false;
  int status_ = 0;
  int attempts_ = -1;
  std::string request_id_, cost_, type_;
};

}  // namespace tollgate::sim
