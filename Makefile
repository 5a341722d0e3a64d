# Everything a contributor runs. `make help` lists it.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup lint format test test-unit test-integration test-privacy test-contract test-acceptance test-e2e \
        test-stack test-lane test-simulation test-fuzz test-chaos test-browser test-compose requirements demo bench up down logs migrate lock system-packages

BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

# $(call timed,COMMAND) prints how long the target took, whether it passed or not.
timed = @start=$$(date +%s); ( $(1) ); code=$$?; \
        echo "-- $@: $$(( $$(date +%s) - start )) s$$( [ $$code = 0 ] || echo ', FAILED')"; exit $$code

# $(call pytest,FOLDERS,OPTIONS) runs the tests of the folders; without any test it fails.
pytest = $(call timed,python -m pytest -q $(2) $(1))

help: ## This list
	@awk -F ':.*## ' '/^##@/ { printf "\n%s\n", substr($$0, 5) } /^[a-z0-9-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' \
		$(MAKEFILE_LIST)

##@ Start here

setup: system-packages .venv/.ready ## Install what is missing: system packages, .venv, locked Python packages

system-packages:
	@deploy/stack/install.sh system

demo: setup ## Start everything with an example company, send it a stream of inquiries, and show what became of each
	@$(BIN)/leadbus demo

up: setup ## Start a private instance of everything in the background
	@$(BIN)/leadbus up

down: ## Stop that instance; its data stays
	@$(BIN)/leadbus down

logs: ## Follow what all its processes write
	@$(BIN)/leadbus logs --follow

migrate: ## Bring its databases to the state the code needs
	@$(BIN)/leadbus migrate --all

##@ Before a commit

format: .venv/.ready ## Put the code into its standard form
	@ruff check --fix --quiet .; ruff format --quiet .

lint: .venv/.ready ## Style, types and import rules
	$(call timed,ruff check --output-format concise . && ruff format --check --quiet . && mypy && lint-imports --no-logo)

test: setup ## Everything: lint and contracts, then all other tests in two lanes side by side
	$(call timed,set -e; for step in lint test-contract; do $(MAKE) --no-print-directory $$step; done; \
		$(MAKE) --no-print-directory --jobs=2 --output-sync=target test-integration test-lane)

test-lane: setup
	@set -e; for step in test-unit test-stack test-acceptance test-privacy test-simulation test-e2e; do $(MAKE) --no-print-directory $$step; done

##@ Tests, one kind at a time

test-unit: .venv/.ready ## Rules, plain functions, the compose file: no broker, no database
	$(call pytest,tests/unit tests/compose)

test-contract: setup ## Messages and the HTTP interface against their samples and schemas
	$(call pytest,tests/contract)

test-integration: setup ## The plumbing and each room against a real broker and a real database
	$(call pytest,tests/integration,--ignore tests/integration/privacy)

test-privacy: setup ## One person through all rooms, erased: every column of every table is searched for them
	$(call pytest,tests/integration/privacy)

test-stack: setup ## The local stack and the command line
	$(call pytest,tests/stack)

test-acceptance: setup ## What the requirements promise, with the list of those proven
	$(call pytest,tests/acceptance,--requirements)

test-simulation: setup ## All rooms in one process: shuffled, repeated, delayed, crashed; the guarantees at every step
	$(call pytest,tests/simulation)

test-e2e: setup ## One lead through all processes; every process killed amid 500 inquiries
	$(call pytest,tests/e2e)

test-fuzz: setup ## The published interface asked everything that its description allows, for ten minutes
	$(call pytest,tests/unit/gateway/test_fuzz.py,-m long)

test-chaos: setup ## Kills and outages at load: counts what was lost or doubled (takes minutes)
	$(call timed,LEADBUS_OUTAGE_LEADS=3000 LEADBUS_OUTAGE_ROUNDS=3 LEADBUS_SIMULATION_SEEDS=3,4,5,6 \
		LEADBUS_SIMULATION_STEPS=600 python -m pytest -q -s tests/e2e/test_outages.py tests/simulation \
		&& python -m pytest -q -s -m long tests/e2e/test_broker_away.py)

test-browser: setup ## Portal, pages of qualification and the tracking script in a real Chromium, installed if missing (not part of `test`)
	@deploy/stack/install.sh browser
	$(call pytest,tests/browser)

test-compose: setup ## Build the images, bring up docker-compose.yml, send inquiries through it (needs root; long)
	$(call timed,tests/compose/run.sh)

requirements: setup ## Which requirements have a passing test
	$(call pytest,tests/acceptance tests/e2e tests/simulation,--requirements)

bench: setup ## Throughput and latency on this machine
	$(call timed,python -m tests.bench && python -m tests.bench.desk && python -m tests.bench.footsteps \
		&& python -m tests.bench.identity && python -m tests.bench.prediction && python -m tests.bench.backtest \
		&& python -m tests.bench.choosing && python -m tests.bench.assigning)

##@ Maintenance

# The extra `dashboards` stays out: its client replaces urllib3, see pyproject.toml.
EXTRAS := capture qualify prediction router nurture fulfillment analytics gateway stack dev

lock: ## Choose the versions of all packages anew (needs uv: pip install uv)
	uv pip compile pyproject.toml $(EXTRAS:%=--extra %) --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --no-emit-find-links --upgrade --quiet --output-file requirements.lock

.venv/.ready: requirements.lock tests/labelled.lock pyproject.toml
	@deploy/stack/install.sh python
