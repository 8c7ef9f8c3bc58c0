#pragma once
// The verbs of `tollgate ledger` that stand in files of their own. Each gets the words behind its name and gives the exit code.

#include <span>
#include <string>

namespace tollgate {

int ledger_reprice(std::span<const std::string> words);
int ledger_reconcile(std::span<const std::string> words);
int ledger_import(std::span<const std::string> words);

}  // namespace tollgate
