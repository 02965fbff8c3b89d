# make run · make test: both set up what they need in .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help setup run test check format clean

help:
	@echo "make run     start everything on this machine (web chat, staff desk, jobs) and print the address"
	@echo "make test    run the tests"
	@echo "make check   lint, types, import contracts"
	@echo "make setup   install into .venv (run and test do it by themselves)"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run-ready: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing into $(VENV) (once; about a minute) …"
	@$(PIP) --constraint constraints.txt --editable .
	@touch $@

$(VENV)/test-ready: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing into $(VENV), with what the tests need (once; about two minutes) …"
	@$(PIP) --constraint constraints.txt --editable '.[test,train]'
	@touch $(VENV)/run-ready $@

setup: $(VENV)/run-ready

run: $(VENV)/run-ready
	@$(BIN)/phananh run

test: $(VENV)/test-ready
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

check: $(VENV)/test-ready
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/test-ready
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

clean:
	rm -rf $(VENV) var build *.egg-info
