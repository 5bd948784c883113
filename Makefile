# Ouï-dire: `make` lists the verbs. Everything runs in .venv, which `setup` makes from the hashed lock.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOWEST := .venv-lowest
SCALE ?= 100000
WORKERS ?= 2
# One more than there are cores: some tests wait for a server or a clock.
MORE_WORKERS = $(shell expr $(WORKERS) + 1)
ELASTIC ?= 8
KILLS ?= 1000
PYTEST ?=
FAULTS ?=
ATTACKS ?=
# bytecode is kept, whatever the environment says: without it each worker translates the tests anew
export PYTHONDONTWRITEBYTECODE :=
PIP := -m pip install --quiet --disable-pip-version-check --require-hashes -r
OWN := -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
# the lock's own pip comes first: an older one warns of what it does not know
OWN_PIP = <(sed -n '/^pip==/,/[^\\]$$/p' $(1))
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options

.PHONY: help
help: ## List the verbs
	@printf 'Ouï-dire: what people say of a brand, in one e-mail on Monday.\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\n  make test PYTEST="-k sqlite"   other arguments for pytest\n  make bench SCALE=1000000       at another size\n'

.PHONY: setup
setup: $(STAMP) ## Make .venv and install what the lock names
	@for name in chromium chromium-browser google-chrome-stable google-chrome chrome; do \
		if command -v $$name > /dev/null; then exit 0; fi; done; \
	printf '%s\n' \
		'Chromium is not installed. Everything works without it, but for the pages that need a browser:' \
		'the source that renders fails visibly in the demo, and its tests are skipped.' \
		'On Debian or Ubuntu:  apt-get install chromium fonts-dejavu-core fonts-liberation' >&2

$(STAMP): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		printf 'Ouï-dire needs Python 3.11 or newer; %s is %s. Set PYTHON, as in: make setup PYTHON=python3.11\n' \
			'$(PYTHON)' "$$($(PYTHON) -V 2>&1)" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
		rm -rf $(VENV); printf 'No virtual environment could be made. On Debian or Ubuntu:  apt-get install python3-venv\n' >&2; exit 1; }
	$(BIN)/python $(PIP) $(call OWN_PIP,requirements-dev.lock)
	$(BIN)/python $(PIP) requirements-dev.lock
	$(BIN)/python $(OWN)
	@touch $@

.PHONY: demo
demo: setup ## Run the whole chain on the bundled site, and say where the digest is
	$(BIN)/ouidire demo

.PHONY: quick
quick: setup ## Run what is worth running at each save: style, and the tests that are fast and need nothing
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/python -m pytest --quick -q -n $(MORE_WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST)

.PHONY: test
test: setup ## Run all tests (browser tests are skipped where Chromium is missing)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations=15 $(PYTEST)

.PHONY: lowest
lowest: $(LOWEST)/.installed ## Run the quick tests with the lowest versions that pyproject.toml allows
	$(LOWEST)/bin/python -m pytest -W default --quick -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST)

$(LOWEST)/.installed: requirements-lowest.lock pyproject.toml
	@test -x $(LOWEST)/bin/python || $(PYTHON) -m venv $(LOWEST)
	$(LOWEST)/bin/python $(PIP) $(call OWN_PIP,requirements-lowest.lock)
	$(LOWEST)/bin/python $(PIP) requirements-lowest.lock
	$(LOWEST)/bin/python $(OWN)
	@touch $@

.PHONY: elastic-test
elastic-test: setup ## Run what needs an Elasticsearch: one is fetched and started (ELASTIC=9: the next version)
	OUIDIRE_ELASTIC_MAJOR=$(ELASTIC) $(BIN)/python -m tests.support.elastic_server run $(ELASTIC) -- \
		$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -k elastic tests/search $(PYTEST)

.PHONY: postgres-test
postgres-test: setup ## Run what reads and writes the state, on a real PostgreSQL (Debian's, started for it)
	OUIDIRE_POSTGRES_NEEDED=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m postgres tests/ouidire/state \
		tests/service/pipeline $(PYTEST)

.PHONY: lint
lint: setup ## Check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: types
types: setup ## Check types, strictly
	$(BIN)/mypy

.PHONY: golden
golden: setup ## Check what every source reads in its own test pages
	$(BIN)/python -m pytest tests/test_sources.py $(PYTEST)

.PHONY: eval
eval: setup ## Measure the analysers against the pinned floors, and write docs/evaluation.md
	$(BIN)/python -m pytest tests/eval -rA $(PYTEST)
	$(BIN)/python -m enrichment.training.evaluation.evaluate --data ../shared/datasets --pinned tests/eval --write docs/evaluation.md

.PHONY: transfer
transfer: setup ## Measure levels on sources never seen, into docs/evaluation.md (minutes; goes on where it stopped)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m enrichment.training.evaluation.transfer --data ../shared/datasets --cache build/transfer --write docs/evaluation.md

BENCHES := $(filter-out __init__ columns measuring,$(basename $(notdir $(wildcard bench/*.py))))
.PHONY: bench
bench: setup ## Measure speed and memory, as ratios (SCALE mentions)
	@for name in $(BENCHES); do \
		printf '\n== %s (SCALE=%s)\n' "$$name" '$(SCALE)'; \
		SCALE=$(SCALE) $(BIN)/python -m bench.$$name || exit 1; done

.PHONY: soak
soak: setup ## Kill the sending of mails 1,000 times, by a real SMTP server (KILLS=...)
	KILLS=$(KILLS) $(BIN)/python -m pytest -n0 -s tests/reports/delivery/test_delivery_kills.py $(PYTEST)

.PHONY: faults
faults: setup ## Put over 430 faults into sites, mails, files, machines and Elasticsearch, and print which held (FAULTS="--kind W3")
	OUIDIRE_ELASTIC_MAJOR=$(ELASTIC) $(BIN)/python -m tests.support.elastic_server run $(ELASTIC) -- \
		$(BIN)/python -m tests.faults --workers $(WORKERS) --months 3 $(FAULTS)

.PHONY: attacks
attacks: setup ## Try over 500 attacks on addresses, pages, answers, files, configuration and service, and print which held
	$(BIN)/python -m tests.attacks $(ATTACKS)

.PHONY: real
real: setup ## Serve the saved real pages locally, crawl them, and print what was read right
	$(BIN)/python -m tests.real

.PHONY: docs
docs: setup ## Write the generated reference pages again
	$(BIN)/python docs/generate.py

.PHONY: lock
lock: $(STAMP) ## Resolve the dependencies again into the locks, the one of the lowest versions too
	$(LOCK) --upgrade -o requirements.lock pyproject.toml
	$(LOCK) --extra dev --extra mcp --extra postgres -c requirements.lock -o requirements-dev.lock pyproject.toml
	$(MAKE) lock-lowest

.PHONY: lock-lowest
lock-lowest: $(STAMP) # only uv resolves to the lowest; it lives in a place of its own
	@test -x build/uv/bin/uv || { $(PYTHON) -m venv build/uv && build/uv/bin/python -m pip install --quiet --disable-pip-version-check uv; }
	build/uv/bin/uv pip compile --quiet --resolution lowest-direct --extra dev --generate-hashes --no-header \
		--python-version 3.11 -o requirements-lowest.lock pyproject.toml

.PHONY: clean
clean: ## Remove what was built (.venv included); var/ and demo/ stay
	rm -rf $(VENV) $(LOWEST) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
