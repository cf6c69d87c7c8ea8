# Two commands do everything: `make run` and `make test`. The first call of each sets up what it needs;
# later calls start at once, because the stamps in .venv say that nothing has changed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501

.DEFAULT_GOAL := help
.PHONY: help run test test-all bench lint format type browser clean

help:
	@echo "make run       start the app (PORT=$(PORT))"
	@echo "make test      lint, types and the test suite, browser tests included"
	@echo "make test-all  the same with the long tests"
	@echo "make bench     the table of speeds that README quotes"
	@echo "make format lint type   one step of the above"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(None if v >= (3, 11) else f"Python 3.11 or newer is needed, {v[0]}.{v[1]} was found: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run-ready: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.test-ready: requirements.txt requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/.run-ready

run: $(VENV)/.run-ready
	$(BIN)/streamlit run streamlit_app.py --server.port $(PORT)

browser: $(VENV)/.test-ready
	@$(BIN)/python tests/browser/chromium.py --install

# All tests share the cores; those of one file that drive a browser share a server, too.
test: lint type browser
	$(BIN)/python -m pytest -m "not slow and not browser" -n 2
	$(BIN)/python -m pytest -m "not slow and browser" -n 2 --dist loadfile tests/browser

test-all: lint type browser
	$(BIN)/python -m pytest -m "not browser" -n 2
	$(BIN)/python -m pytest -m browser -n 2 --dist loadfile tests/browser

bench: $(VENV)/.test-ready browser
	$(BIN)/python -m benchmarks

lint: $(VENV)/.test-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.test-ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

type: $(VENV)/.test-ready
	$(BIN)/mypy

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build
