#include "mock/control.h"

#include "json/write.h"
#include "mock/replacement.h"

namespace tollgate::mock {
namespace {

int get_bill(Desk& desk, std::string_view, std::string& out) {
  desk.bill.append_json(out);
  return 200;
}

int reset_bill(Desk& desk, std::string_view, std::string& out) {
  desk.bill = Bill();
  desk.bill.append_json(out);
  return 200;
}

int get_requests(Desk& desk, std::string_view, std::string& out) {
  desk.requests.append_json(out);
  return 200;
}

int forget_requests(Desk& desk, std::string_view, std::string& out) {
  desk.requests.reset(static_cast<std::size_t>(desk.playbook->script().keep_requests));
  desk.requests.append_json(out);
  return 200;
}

int replace_script(Desk& desk, std::string_view body, std::string& out) {
  auto script = read_script(body);
  if (!script) {
    out += error_body("invalid_request_error", "invalid_script", script.error().detail);
    return 400;
  }
  std::size_t rules = script->rules.size();
  desk.play(std::move(*script));
  json::Writer(out).begin_object().member("rules", rules).end_object();
  return 200;
}

struct Control {
  std::string_view method, path;
  int (*answer)(Desk& desk, std::string_view body, std::string& out);
};

constexpr Control controls[] = {
    {"GET", "/mock/bill", get_bill},          {"DELETE", "/mock/bill", reset_bill},
    {"GET", "/mock/requests", get_requests},  {"DELETE", "/mock/requests", forget_requests},
    {"POST", "/mock/script", replace_script},
};

}  // namespace

int answer_control(Desk& desk, std::string_view method, std::string_view path, std::string_view body,
                   std::string& out) {
  for (const Control& control : controls)
    if (control.method == method && control.path == path) return control.answer(desk, body, out);
  out += error_body("invalid_request_error", "not_found", "The mock has no such endpoint.");
  return 404;
}

}  // namespace tollgate::mock
