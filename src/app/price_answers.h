#pragma once
// What a usage costs, for who asks (pricing/question.h), by the catalogue that ships or under a configuration.

#include <memory>
#include <string>
#include <string_view>

#include "app/config.h"
#include "base/result.h"
#include "base/time.h"
#include "pricing/catalogue.h"

namespace tollgate {

class PriceAnswers {
 public:
  // `config` may be null: then providers are types (openai, anthropic), and only the catalogue that ships counts. It must outlive this.
  // Fails when its prices cannot be meant.
  static Result<PriceAnswers> over(const Config* config);

  // One question, one answer without a line end. Errors: invalid_request with the member at fault; not_found for a model without a price.
  Result<std::string> answer(std::string_view question, WallTime now) const;

 private:
  const Config* config_ = nullptr;
  std::shared_ptr<const Catalogue> catalogue_;
};

}  // namespace tollgate
