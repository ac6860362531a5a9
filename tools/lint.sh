#!/usr/bin/env bash
# Every check that is not a test. Runs all of them, says which failed, and fails if any did.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
failed=()

step() {
  local name=$1 log
  shift
  log=$(mktemp)
  if "$@" >"$log" 2>&1; then
    echo "ok    $name"
  else
    echo "FAIL  $name"
    sed 's/^/      /' "$log"
    failed+=("$name")
  fi
  rm -f "$log"
}

home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export AMENDS_HOME="$home" AMENDS_SECRET_KEY=only-for-checks DJANGO_SETTINGS_MODULE=amends.base.settings.main
unset DATABASE_URL AMENDS_TEST_DATABASE_URL

step "ruff check" ruff check --no-cache --output-format concise .
step "ruff format" ruff format --no-cache --check --output-format concise .
step "mypy" mypy
step "import contracts" lint-imports
step "migrations" python -m django makemigrations --check --dry-run
step "generated pages" python tools/docs.py --check

if ((${#failed[@]})); then
  echo "${#failed[@]} checks failed: ${failed[*]}"
  exit 1
fi
echo "all checks passed"
