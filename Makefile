# Needs git, make and Python 3.11 or newer. Everything else is installed into .venv,
# from requirements.lock alone; with .venv in place nothing here needs a network,
# except `make lock`.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --no-input
EVALUATION ?=
ARGUMENTS ?=
WORKERS ?= 2
UV ?= uv

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help report test check lab rehearsal bench soak lock clean distclean install

help:                ## Show this list
	@sed -n 's/^\([a-z]*\): *\([a-z]* *\)## /\1\t/p' Makefile | awk -F '\t' '{ printf "make %-10s %s\n", $$1, $$2 }'

report: install      ## Build the default report and print where it lies
	@$(BIN)/python -m analysis build $(EVALUATION) $(ARGUMENTS)

test: install        ## Run the tests
	@$(BIN)/python -m pytest -n $(WORKERS) -m "not soak" $(ARGUMENTS)

check: install       ## Check style, types, imports, notebooks and dependencies
	@echo "ruff check" && $(BIN)/python -m ruff check .
	@echo "ruff format" && $(BIN)/python -m ruff format --check .
	@echo "mypy" && $(BIN)/python -m mypy
	@echo "lint-imports" && $(BIN)/python -c 'from importlinter.cli import lint_imports_command as run; run()' --no-cache
	@echo "nbstripout" && find notebooks -name '*.ipynb' -not -path '*/.ipynb_checkpoints/*' \
		-exec $(BIN)/python -m nbstripout --keep-id --verify {} +
	@echo "dependencies" && $(BIN)/python -m pytest -q tests/house/test_dependencies.py

lab: install         ## Open JupyterLab on the notebooks
	@WORKBENCH_HOME="$(CURDIR)" $(BIN)/python -m analysis lab $(ARGUMENTS)

rehearsal: install   ## Rehearse partner data on invented persons; a watermarked report
	@$(BIN)/python -m analysis rehearse $(ARGUMENTS)

bench: install       ## Time the slow parts
	@for file in benchmarks/*.py; do \
		test -e "$$file" || continue; echo "== $$file"; $(BIN)/python "$$file" || exit 1; done

soak: install        ## Run the long proofs: fuzzing, kills, simulations
	@$(BIN)/python -m pytest -m soak tests $(ARGUMENTS)

# One lock for all systems and all Python versions from 3.11. `uv` only computes it.
lock:                ## Write requirements.lock anew (needs network and uv)
	@command -v $(UV) >/dev/null || { \
		echo "make lock: there is no uv here. Install it, or name it: make lock UV=/path/to/uv" >&2; exit 2; }
	@$(UV) pip compile pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-annotate --no-header --no-emit-index-url --quiet \
		--output-file requirements.lock

clean:               ## Remove everything that was built, and caches
	@find outputs -mindepth 1 -maxdepth 1 -not -name README.md -exec rm -rf {} +
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	@find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean     ## The same, and .venv
	@rm -rf $(VENV)

# The stamp holds what was installed and where: by content, not by date, so that a
# checkout that only touches files installs nothing and needs no network. The path
# is part of it because an editable install does not survive a move.
install:
	@wanted="$$(cksum requirements.lock pyproject.toml | tr '\n' ' ')$(CURDIR)"; \
	test "$$(cat $(VENV)/installed 2>/dev/null)" = "$$wanted" && test -x $(BIN)/python && exit 0; \
	set -e; \
	if ! $(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
		python="$(PYTHON)"; \
		for name in python3 python3.13 python3.12 python3.11 python3.14 python; do \
			test -n "$$python" && break; \
			if $$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
				>/dev/null 2>&1; then python=$$name; fi; \
		done; \
		if test -z "$$python"; then \
			echo "make: no Python 3.11 or newer that has venv was found on the PATH." >&2; \
			echo "Install one (Debian: apt-get install python3-venv) or name it: make report PYTHON=/path/to/python3" >&2; \
			exit 2; \
		fi; \
		rm -rf $(VENV); \
		"$$python" -m venv $(VENV); \
	fi; \
	echo "Installing what requirements.lock names into $(VENV) (once)" >&2; \
	$(PIP) --no-deps --require-hashes --requirement requirements.lock; \
	$(PIP) --no-deps --no-build-isolation --no-index --editable .; \
	found="$$($(BIN)/python -m pip check)" || { echo "$$found" >&2; exit 2; }; \
	printf '%s' "$$wanted" > $(VENV)/installed
