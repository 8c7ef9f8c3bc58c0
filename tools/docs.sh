#!/usr/bin/env bash
# Writes docs/generated/: pages of what the program says of itself, and those that tests keep equal to the code.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export TOLLGATE_REGENERATE=1
build/release/src/app/app_test --gtest_brief=1 --gtest_filter='ConfigReference.CommittedFiles*' >&2
build/release/src/telemetry/telemetry_test --gtest_brief=1 --gtest_filter='MetricsReference*' >&2
exec tools/docs.py
