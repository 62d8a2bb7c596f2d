# Coursewire: everything a person or the continuous integration runs. `make help` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input -qq
HASHED := install --require-hashes --only-binary :all:

# The first Python of 3.11 or later; `make PYTHON=/usr/bin/python3.12 setup` chooses another.
PYTHON ?= $(shell for candidate in python3 python3.13 python3.12 python3.11 python3.14; do \
	"$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$candidate"; break; }; done)

# Processes that run tests; how `make test` reports coverage. The demanded total stands in
# pyproject.toml (tool.coverage.report.fail_under).
JOBS ?= auto
COVERAGE ?=
# Tests that somebody chose may all be of one kind: pytest says 5 when it has none to run.
NONE_CHOSEN = $(if $(ARGS),|| test $$? -eq 5)

# A client library that nobody here wrote, with which tests drive the server; and the judge of
# accessibility, which they load into pages (MPL-2.0, not shipped).
NPM_CLIENTS := moodle-client@0.5.2 axe-core@4.14.1

# pyright's JavaScript comes inside its wheel; it takes the system's Node and downloads nothing.
export PYRIGHT_PYTHON_GLOBAL_NODE := 1
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1
export PYRIGHT_PYTHON_ENV_DIR := $(CURDIR)/$(VENV)/no-nodeenv

# Hundreds of programs are started here, and each would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

ARGS ?=
PLUGINS ?=

##@ Daily use

.PHONY: up
up: $(VENV)/.installed-server plugins ## Set up and run Coursewire (PLUGINS="percipio", ARGS="--port 9000")
	@exec $(BIN)/coursewire up $(PLUGINS:%=--plugin %) $(ARGS)

.PHONY: setup
setup: $(VENV)/.installed-dev ## Create .venv with everything the checks need

.PHONY: check
check: setup system-node ## The static part: format, lint, types, imports, spelling, locks, copies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@$(MAKE) --no-print-directory --jobs=2 --output-sync mypy pyright
	$(BIN)/lint-imports --no-logo
	$(BIN)/codespell
	$(PY) -m scripts.static_rules
	$(PY) -m scripts.locks
	$(PY) -m scripts.advisories
	$(PY) -m scripts.copies
	$(PY) -m scripts.changelog
	$(PY) -m scripts.tracked_files
	$(PY) -m scripts.requirements

# Each takes one processor and the greater part of the static checks' time.
.PHONY: mypy pyright
mypy pyright:
	$(BIN)/$@

.PHONY: test
test: setup system-all clients check ## All checks and all tests, on SQLite and PostgreSQL
	$(PY) -m pytest -n $(JOBS) -m "not alone" $(COVERAGE) $(ARGS) $(NONE_CHOSEN)
	$(PY) -m pytest -m alone $(COVERAGE) $(ARGS) $(NONE_CHOSEN)

.PHONY: coverage
coverage: ## The same with coverage of lines and branches, which makes it slower
	rm -f .coverage .coverage.*
	$(MAKE) test COVERAGE="--cov --cov-append --cov-report=term:skip-covered"

.PHONY: quick
quick: setup ## The tests that take less than a few seconds each, without coverage
	$(PY) -m pytest -n $(JOBS) -m "not slow and not alone" $(ARGS)

.PHONY: format
format: setup ## Rewrite the code in the house's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: reference
reference: setup ## Write docs/reference and the client's stubs from the contracts
	$(PY) -m scripts.reference
	$(PY) -m scripts.client_stubs

.PHONY: screenshots
screenshots: setup system-all ## Pictures of every page of the console (ARGS="FOLDER [dark]")
	$(PY) -m scripts.screenshots $(or $(ARGS),build/screenshots)

.PHONY: bench
bench: setup system-all ## Run the benchmarks (ARGS="name" for one of them)
	$(PY) -m bench $(ARGS)

.PHONY: nightly
nightly: setup system-all clients ## The long batteries, or those named: ARGS="fuzzing models"
	JOBS=$(JOBS) $(PY) -m scripts.nightly $(ARGS)

.PHONY: mutation
mutation: setup system-all ## How many small changes the tests of six areas notice (ARGS="ip --most 40")
	$(PY) -m scripts.mutation $(ARGS)

##@ The environment

.PHONY: lock
lock: setup ## Rewrite requirements/*.lock from pyproject.toml (ARGS="--upgrade" for newer versions)
	$(PY) -m scripts.locks --write $(ARGS)

.PHONY: plugins
plugins: $(VENV)/.installed-server
	@for plugin in $(PLUGINS); do \
		test -f "plugins/$$plugin/pyproject.toml" || { \
			echo "There is no plugin '$$plugin': plugins/$$plugin/pyproject.toml is missing." >&2; \
			exit 1; }; \
		$(PIP) install --no-deps --no-build-isolation -e "plugins/$$plugin"; \
	done

.PHONY: system-all system-node
system-all:
	@scripts/system-packages postgresql chromium node npm strace nginx haproxy systemd-analyze

system-node:
	@scripts/system-packages node

$(PY):
	@test -n "$(PYTHON)" || { \
		echo "Coursewire needs Python 3.11 or later; none was found." >&2; \
		echo "On Debian or Ubuntu: apt-get install python3 python3-venv" >&2; exit 1; }
	@PYTHON="$(PYTHON)" scripts/system-packages venv
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed-server: requirements/build.lock requirements/server.lock pyproject.toml | $(PY)
	$(PIP) $(HASHED) -r requirements/build.lock -r requirements/server.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements/dev.lock $(VENV)/.installed-server
	$(PIP) $(HASHED) -r requirements/dev.lock
	$(PIP) install --no-deps --no-build-isolation -e plugins/percipio
	@touch $@

# By name and exact version, without a lock file, scripts of packages not run.
$(VENV)/.installed-npm: Makefile | $(PY) system-all
	npm install --prefix $(VENV)/npm --no-save --no-package-lock --ignore-scripts \
		--no-audit --no-fund --loglevel=error $(NPM_CLIENTS)
	@touch $@

# A client program with dependencies that are none of ours, in an environment of its own.
$(VENV)/.installed-moodle-dl: requirements/moodle-dl.lock | $(PY)
	$(PY) -m venv $(VENV)/moodle-dl
	$(VENV)/moodle-dl/bin/python -m pip --disable-pip-version-check --no-input -qq \
		$(HASHED) -r requirements/moodle-dl.lock
	@touch $@

.PHONY: clients
clients: $(VENV)/.installed-npm $(VENV)/.installed-moodle-dl

.PHONY: release
release: setup ## Build wheel, sdist, bill of materials and checksums into dist/
	$(PY) -m scripts.release dist

.PHONY: clean
clean: ## Remove caches and built things; .venv and data stay
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf .coverage .coverage.* htmlcov
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -exec rm -rf {} +

.PHONY: help
help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile
