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

$(VENV)/run-ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) (once; about a minute) …"
	@$(PIP) --constraint constraints.txt --editable .
	@touch $@

$(VENV)/test-ready: $(VENV)/run-ready
	@echo "Installing what the tests need …"
	@$(PIP) --constraint constraints.txt --editable '.[test,train]'
	@touch $@

setup: $(VENV)/run-ready

run: $(VENV)/run-ready
	@$(BIN)/phananh run

test: $(VENV)/test-ready
	@$(BIN)/python -m pytest -n auto --dist loadfile

check: $(VENV)/test-ready
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/test-ready
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

clean:
	rm -rf $(VENV) var build *.egg-info
