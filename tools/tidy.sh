#!/usr/bin/env bash
# clang-tidy over src/, or over the folders of it that are named. One test a file, on all cores. Last line: the sum.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cmake --preset clang > /dev/null
mapfile -t files < <(cd src && find "${@:-.}" -name '*.cpp' ! -name '*_refused.cpp' | sed 's|^\./||' | sort)

# Prints the file's findings, and a line that says how it ended.
tidy_one() {
  local out
  if out=$(clang-tidy-19 -p build/clang --quiet "src/$1" 2>/dev/null) && [ -z "$out" ]; then echo "tidy-ok $1"
  else printf '%s\ntidy-bad %s\n' "$out" "$1"; fi
}
export -f tidy_one

log=build/clang/tidy.log
printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -I{} bash -c 'tidy_one "$1"' _ {} | tee "$log" | grep -v '^tidy-ok' || true
bad=$(grep -c '^tidy-bad' "$log" || true)
echo "$(grep -c '^tidy-ok' "$log" || true) passed, $bad failed, 0 skipped"
[ "$bad" = 0 ]
