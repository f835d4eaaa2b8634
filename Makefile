# One place for every command. `make serve` and `make test` each set up everything that they need, and neither needs the other.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000

.PHONY: help pictures reading-age setup serve chromium quick test check lint types imports deep bench mutants conformance sbom lock clean

help: ## List the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

STYLES := api/pages/static/built/ready

setup: .venv/ready $(STYLES) ## Install what is needed, build the pages' styles

.venv/ready: requirements.lock pyproject.toml
	bash tools/need-python.sh $(PYTHON)
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(STYLES): .venv/ready package-lock.json api/pages/build.sh $(wildcard api/pages/styles/*.scss)
	bash api/pages/build.sh

serve: setup ## Serve the form and the API on 127.0.0.1 (PORT=8000)
	$(BIN)/triage serve --port $(PORT)

test: setup ## Everything that CI runs
	$(MAKE) --no-print-directory --jobs=2 --output-sync=target chromium lint types imports
	bash tests/population/need-engines.sh
	$(BIN)/triage rules check --release
	$(BIN)/pytest -m "not deep" -n 3 --dist loadscope --no-loadscope-reorder

chromium:
	bash tests/browser/need-chromium.sh

quick: .venv/ready lint types imports ## The loop while working, some ten seconds: no published rule set, no browser
	$(BIN)/triage rules check
	$(BIN)/pytest -m "not deep and not published" -n 2 -p no:schemathesis --hypothesis-profile=quick tests/model tests/reading tests/check tests/engines tests/answer

check: lint types imports reading-age ## Lint, strict types, import contract, reading age

reading-age: .venv/ready
	$(BIN)/python tools/reading_age.py

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready
	$(BIN)/mypy

imports: .venv/ready
	$(BIN)/lint-imports

deep: setup ## Long property tests and load (minutes to hours)
	bash tests/population/need-spark.sh
	$(BIN)/pytest -m deep --timeout=0

bench: setup ## Speeds, each as a ratio to a named baseline in the same run
	bash tests/population/need-spark.sh
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-bench.lock
	$(BIN)/python -m bench

mutants: .venv/ready ## Change the modules that differ from main in small ways: does a test notice? (MODULES="…" for others)
	$(BIN)/python tools/mutants.py $(MODULES)

conformance: .venv/ready ## Write the conformance cases anew, after a change of the rules
	$(BIN)/triage rules conformance --cases tests/vignettes --cases tests/hard_cases

pictures: setup ## Pictures of the main states of the pages, wide and narrow, light and dark (in TMPDIR)
	$(BIN)/python tools/pictures.py

sbom: setup ## What is installed, as a CycloneDX bill of materials in sbom.json
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file sbom.json .venv

lock: ## Pin every Python dependency anew, with hashes and no index address
	$(BIN)/pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --extra dev --generate-hashes --strip-extras --allow-unsafe \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --output-file requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --extra bench --generate-hashes --strip-extras --allow-unsafe --constraint requirements.lock \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --output-file requirements-bench.lock pyproject.toml

clean: ## Remove what setup made
	rm -rf .venv node_modules api/pages/static/built *.egg-info sbom.json
