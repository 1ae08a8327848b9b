# A word per wish. Needs Python 3.11 or newer, git and make; everything else it fetches into .venv.

PYTHON ?= python3
UV = uv==0.13.9
BIN = .venv/bin
COMPILE = $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help demo serve test check fix snapshot bench lock clean

help:  ## Show what can be wished for
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/ready  ## Serve two lively organizations on an embedded PostgreSQL
	$(BIN)/rekindle serve --demo

serve: .venv/ready  ## Serve what the settings say
	$(BIN)/rekindle serve

test: .venv/ready  ## Run the tests
	$(BIN)/pytest -q

check: .venv/ready  ## Everything CI runs: tests, linters, types, floors, snapshots
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.snapshots --check
	$(BIN)/pytest -q -m "node or not node"

fix: .venv/ready  ## Mend what the linters can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

snapshot: .venv/ready  ## Write schema.graphql, schema.sql and errors.md anew
	$(BIN)/python -m tests.snapshots

bench: .venv/ready  ## Measure reads, the feed, imports and campaigns beside others, the feed under load, searches
	$(BIN)/python -m bench reads
	$(BIN)/python -m bench feed
	$(BIN)/python -m bench idle
	$(BIN)/python -m bench latency
	$(BIN)/python -m bench stalled
	$(BIN)/python -m bench search
	$(BIN)/python -m bench import
	$(BIN)/python -m bench dispatch
	$(BIN)/python -m bench month

lock: .venv/ready  ## Choose the newest versions and lock them
	$(COMPILE) --upgrade -o requirements.lock
	$(COMPILE) --group dev -c requirements.lock -o requirements-dev.lock

clean:  ## Forget the virtual environment and the local data
	rm -rf .venv .rekindle

.venv/ready: pyproject.toml requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Rekindle needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@echo "Setting up .venv …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check '$(UV)'
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch .venv/ready
