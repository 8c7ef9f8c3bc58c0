#pragma once
// Result<T>: a value or an Error. TG_TRY and TG_CO_TRY hand an error on to the caller, since libstdc++ 12 has no and_then.
//
//   TG_TRY(price, catalogue.find(model));       // `price` is now a value, or this function returned the error
//   TG_CO_TRY(answer, co_await ask(question));  // the same inside a coroutine
//   TG_TRY_VOID(check(request));                // for Result<void>

#include <expected>
#include <utility>

#include "base/error.h"

namespace tollgate {

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(std::move(error)); }
inline std::unexpected<Error> fail(Fault fault, std::string detail, std::string param = {}) {
  return std::unexpected<Error>(Error{.fault = fault, .detail = std::move(detail), .param = std::move(param)});
}

#define TG_CONCAT_(a, b) a##b
#define TG_CONCAT(a, b) TG_CONCAT_(a, b)

#define TG_TRY_(name, temporary, expression, ret)                          \
  auto temporary = (expression);                                          \
  if (!temporary) ret ::std::unexpected(::std::move(temporary).error());  \
  auto name = ::std::move(*temporary)

#define TG_TRY(name, ...) TG_TRY_(name, TG_CONCAT(tg_result_, __LINE__), (__VA_ARGS__), return)
#define TG_CO_TRY(name, ...) TG_TRY_(name, TG_CONCAT(tg_result_, __LINE__), (__VA_ARGS__), co_return)

#define TG_TRY_VOID(...) \
  if (auto tg_void_result = (__VA_ARGS__); !tg_void_result) return ::std::unexpected(::std::move(tg_void_result).error())
#define TG_CO_TRY_VOID(...) \
  if (auto tg_void_result = (__VA_ARGS__); !tg_void_result) co_return ::std::unexpected(::std::move(tg_void_result).error())

}  // namespace tollgate
