# The project's doors. Only python3 >= 3.11 (with venv and pip) and make are needed.

PYTHON  ?= python3
VENV    ?= .venv
WORKERS ?= auto
ARGS    ?=

BIN   := $(VENV)/bin
PY    := $(BIN)/python
PIP   := $(PY) -m pip --disable-pip-version-check --quiet
ENV   := $(VENV)/.made
APP   := $(VENV)/.installed
TEST  := $(VENV)/.installed-test
LINT  := $(VENV)/.installed-lint
DOCS  := $(VENV)/.installed-docs
SPARK := $(VENV)/.installed-spark

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-spark check fix docs bench bench-100m wheel clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "Variables: PYTHON=$(PYTHON) VENV=$(VENV) WORKERS=$(WORKERS) ARGS='extra arguments'"

demo: $(APP) ## Install csatkit into .venv and print the report on the sample data
	@$(BIN)/csatkit report --demo $(ARGS)

test: $(TEST) ## Run every test, in parallel
	@$(PY) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

test-spark: $(TEST) $(SPARK) ## Run the tests of --engine spark; needs Java 17 or newer
	@$(PY) -m pytest tests/spark $(ARGS)

check: $(TEST) $(LINT) ## Lint, format check, types, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fix: $(LINT) ## Repair what the linter and the formatter can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(DOCS) ## Build the documentation site into build/site/html, links checked
	@$(PY) docs/build_site.py

bench: $(TEST) ## Measure against DuckDB, Polars and pandas, e.g. ARGS='--tickets 10000000'
	@$(PY) -m benchmarks $(ARGS)

# Opt-in: half an hour, 4 GB of data and 30 GB of temporary files.
bench-100m: $(TEST) ## Measure one report on 100 million tickets, e.g. ARGS='--max-memory 4GB'
	@$(PY) -m benchmarks.many benchmarks/data $(ARGS)

wheel: $(ENV) ## Build the wheel into dist/
	@$(PIP) wheel --no-deps --wheel-dir dist .

clean: ## Remove .venv, builds and caches
	rm -rf $(VENV) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

# --- the environment, remembered by stamp files so that a second run is quick ---

# pip learned --group in 25.1; the pip that comes with Python 3.11 is older.
$(ENV):
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here. Choose another: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "csatkit needs Python 3.11 or newer, $(PYTHON) is %d.%d. Choose another: make PYTHON=python3.12 ..." % v[:2])'
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot create virtual environments (on Debian or Ubuntu: apt install python3-venv)" >&2; exit 1; }
	@$(PIP) install --upgrade 'pip>=25.1'
	@touch $@

# Editable: a change of the source needs no second installation, a change of the dependencies does.
$(APP): pyproject.toml $(ENV)
	@$(PIP) install --editable .
	@touch $@

$(TEST): $(APP)
	@$(PIP) install --group test
	@touch $@

$(LINT): $(APP)
	@$(PIP) install --group lint
	@touch $@

$(DOCS): $(APP)
	@$(PIP) install --group docs
	@touch $@

$(SPARK): $(APP)
	@$(PIP) install --group spark
	@touch $@
