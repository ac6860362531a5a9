#!/bin/sh
# Check for what `make` cannot install by itself, and print the one apt line when something is missing.
python=${1:-python3}
missing=""
if ! command -v "$python" >/dev/null 2>&1; then
  missing="python3 python3-venv"
elif ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "Amends needs Python 3.11 or newer; $python is $("$python" -V 2>&1). Name another one: make run PYTHON=python3.12" >&2
  exit 1
elif ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
  missing="python3-venv"
fi
if [ -n "$missing" ]; then
  echo "Something is missing on this machine. Install it with:" >&2
  echo "  sudo apt-get install -y $missing" >&2
  exit 1
fi
