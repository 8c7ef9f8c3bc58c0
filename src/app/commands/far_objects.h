#pragma once
// Keys and secrets of a gateway elsewhere (`--admin URL`): the same words, said to its admin API.

#include <optional>
#include <string>

#include "app/command_line.h"

namespace tollgate {

// Each gives the exit code. REQUIRES: --admin is given, and one name where the verb has one.
int create_far_key(const CommandLine& line);
int list_far_keys(const CommandLine& line);
int show_far_key(const CommandLine& line);
int revoke_far_key(const CommandLine& line);
int rotate_far_key(const CommandLine& line);
int delete_far_key(const CommandLine& line);

int set_far_secret(const CommandLine& line);
int list_far_secrets(const CommandLine& line);
int delete_far_secret(const CommandLine& line);
int rotate_far_master(const CommandLine& line);

}  // namespace tollgate
