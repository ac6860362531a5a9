#!/usr/bin/env bash
# Renew requirements/*.txt from *.in: exact versions with hashes, and no trace of the local package index.
set -euo pipefail
cd "$(dirname "$0")/.."
compile=(.venv/bin/python -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options --resolver=backtracking)
export CUSTOM_COMPILE_COMMAND="make lock"
for name in run test postgres translate; do
  "${compile[@]}" "$@" --output-file "requirements/$name.txt" "requirements/$name.in"
done
