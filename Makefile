# The two commands a newcomer needs are `make run` and `make test`; `make help` shows the rest.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: run test lint bench lock docs install help

run: install ## Install what is needed, start Amends with demo data, print its address
	@exec $(BIN)/amends up $(ARGS)

test: $(BIN)/.tested ## Run every test on SQLite and on PostgreSQL
	@exec $(BIN)/python tools/test.py $(ARGS)

lint: $(BIN)/.tested ## Check style, types, import contracts, migrations and generated pages
	@tools/lint.sh

bench: $(BIN)/.tested ## Measure speed and memory, and compare with the bars
	@exec $(BIN)/python tools/bench.py $(ARGS)

docs: $(BIN)/.tested ## Write the generated reference pages again
	@$(BIN)/python tools/docs.py

lock: $(BIN)/.tested ## Renew the hash-locked requirements
	@tools/lock.sh $(ARGS)

install: $(BIN)/.installed ## Only install, do not start

# The stamps are newer than the lock exactly when what it says is installed, so an unchanged lock costs nothing.
$(BIN)/.installed: requirements/run.txt pyproject.toml
	@tools/need.sh $(PYTHON)
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing from requirements/run.txt (a minute or two, once)"
	@$(PIP) --require-hashes -r requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@$(BIN)/python tools/warm.py
	@touch $@

$(BIN)/.tested: $(BIN)/.installed requirements/test.txt
	@echo "installing from requirements/test.txt"
	@$(PIP) --require-hashes -r requirements/test.txt
	@touch $@

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
