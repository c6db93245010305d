# The commands a person needs. Each does the set-up first, once; from nothing it takes
# Python 3.11, make and a package manager.

SHELL := /bin/sh
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS := never

# Three on the two cores of a small build machine: tests wait for processes and servers
# for a third of their time.
WORKERS ?= 3
# What only computes takes one for each core.
CORES ?= 2
# Worlds of a simulation campaign: make simulate N=100000
N ?= 5000
# Kills of a kill campaign: make kill-workers TIMES=1000
TIMES ?= 100
# Arguments for pytest: make test T="tests/unit -k soak"
T ?=

.DEFAULT_GOAL := help
.PHONY: help setup system-deps test coverage check fix demo bench bench-% docs fuzz simulate kill-workers lock clean

help: ## List these commands
	@sed -n 's/^\([a-z%-]*\):.*## /\1|/p' Makefile \
	  | while IFS='|' read -r name text; do printf '  make %-13s %s\n' "$$name" "$$text"; done

setup: system-deps ## Make the environment in .venv (done again only when needed)
	@scripts/setup

system-deps: ## Find or install PostgreSQL, Prometheus, Redis, jq and curl
	@scripts/system-deps

test: setup check ## Check everything and run all tests; what the build runs
	$(BIN)/pytest -n $(WORKERS) $(T)

coverage: setup ## Run all tests and tell which lines none of them reaches
	@mkdir -p build/coverage
	$(BIN)/pytest -n $(WORKERS) --cov --cov-report= $(T)
	@$(BIN)/coverage report

check: setup ## Lint, format, types, import contracts, spelling
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/typos

fix: setup ## Format, and repair what the linter can repair
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/typos --write-changes

demo: setup ## Run the main job: a rollout to its end, then one that rolls itself back
	@scripts/demo

bench: setup ## Run every benchmark and write docs/benchmarks.md
	@scripts/peers
	@$(BIN)/python -m benchmarks --date "$$(date +%Y-%m-%d)"

bench-%: setup ## Run one benchmark, of benchmarks/*.py
	@scripts/peers
	@$(BIN)/python -m benchmarks $*

docs: setup ## Write the generated parts of the documents anew
	@scripts/docs

fuzz: setup ## Search for inputs that break a property, for minutes instead of seconds
	HYPOTHESIS_PROFILE=fuzz $(BIN)/pytest -n $(WORKERS) tests/property tests/unit $(T)

simulate: setup ## Live through N worlds, twice, and check every law
	$(BIN)/python -m gonogo.testing.world --runs $(N) --workers $(CORES)
	$(BIN)/python -m gonogo.testing.world --engines --runs $(N) --workers $(CORES)

kill-workers: setup ## Kill workers and their database at random moments, under load
	$(BIN)/python tests/acceptance/kill_workers.py --times $(TIMES) --stop --database

lock: setup ## Write the hashed requirements anew
	@scripts/lock

clean: ## Remove what the other commands made, the environments too
	rm -rf .venv .venv-peers build .pytest_cache .mypy_cache .ruff_cache \
	  .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
