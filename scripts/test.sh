#!/usr/bin/env bash
# Sets up what the tests need on a Debian machine and runs every check: what `npm test` does.
# `npm test -- unit` runs only the named checks (format, lint, rooms, sizes, types, build, unit,
# integration, conformance, e2e).
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/setup-test-machine.sh
# The distribution's kubectl, where the machine has no other.
export PATH="$PATH:$PWD/.cache/kubernetes-client/usr/bin"
exec node scripts/check.mjs "$@"
