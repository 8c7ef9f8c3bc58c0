#!/usr/bin/env bash
# clang-format over our C++: rewrites the files, or with --check only says which would change.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mode=(-i)
if [ "${1:-}" = --check ]; then mode=(--dry-run --Werror); fi
mapfile -t files < <(find src tests bench -name '*.h' -o -name '*.cpp' | grep -v node_modules | sort)
exec clang-format-19 "${mode[@]}" "${files[@]}"
